#include "sim/cluster/simulation_engine.hpp"

#include <fmt/core.h>
#include <xbt/log.h>

#include <algorithm>
#include <simgrid/Exception.hpp>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "sim/measure/run_error.hpp"

namespace headroom {
namespace {

SimulationEngine* current_engine = nullptr;
bool engine_was_made = false;

}  // namespace

// ---- an actor's sense of time ----------------------------------------------------------------------------------------------

// One that is ended at the instant at which it wakes may have lined up again before it knew: its turn is the next one's.
ActorClock::~ActorClock() {
  if (engine_.now_ < engine_.end_ && !engine_.failure_ && !engine_.deadlocked_) engine_.leave_line(*this);
  engine_.line_.erase(this);
  if (engine_.acting_ == this) engine_.acting_ = nullptr;
}

SimTime ActorClock::now() const { return engine_.now(); }

void ActorClock::finish_turn() { engine_.leave_line(*this); }

void ActorClock::sleep_until(SimTime instant) {
  finish_turn();
  engine_.line_up(*this, std::max(instant, engine_.now()));
  if (instant > engine_.now()) simgrid::s4u::this_actor::sleep_until(to_seconds(instant));
  engine_.catch_up(instant);
  if (engine_.takes_turn(*this)) return;
  if (!permission_) permission_ = simgrid::s4u::Semaphore::create(0);
  waits_ = true;
  permission_->acquire();
}

bool SimulationEngine::EarlierFirst::operator()(const ActorClock* a, const ActorClock* b) const {
  return std::tie(a->wakes_, a->order_.turn, a->order_.number, a->ticket_) <
         std::tie(b->wakes_, b->order_.turn, b->order_.number, b->ticket_);
}

void SimulationEngine::line_up(ActorClock& clock, SimTime wakes) {
  clock.wakes_ = wakes;
  clock.ticket_ = next_ticket_++;
  line_.insert(&clock);
}

bool SimulationEngine::takes_turn(ActorClock& clock) {
  if (acting_ != nullptr || *line_.begin() != &clock) return false;
  acting_ = &clock;
  return true;
}

void SimulationEngine::leave_line(ActorClock& clock) {
  if (clock.ticket_ == 0) return;
  line_.erase(&clock);
  clock.ticket_ = 0;
  clock.waits_ = false;
  if (acting_ == &clock) acting_ = nullptr;
  call_next();
}

// If the first in line still sleeps, it will take its turn when it wakes.
void SimulationEngine::call_next() {
  if (acting_ != nullptr || line_.empty()) return;
  ActorClock& next = **line_.begin();
  if (!std::exchange(next.waits_, false)) return;
  acting_ = &next;
  next.permission_->release();
}

// ---- the engine --------------------------------------------------------------------------------------------------------------

SimulationEngine::SimulationEngine(const std::string& network_model, SimTime end)
    : end_{end}, command_line_{network_model}, engine_{&command_line_.count, command_line_.pointers.data()} {
  current_engine = this;
  // SimGrid's signals are static and keep their callbacks for the life of the process: they find the run through a pointer.
  simgrid::s4u::Engine::on_time_advance_cb([](double) {
    if (current_engine != nullptr) current_engine->on_time_advance();
  });
  simgrid::s4u::Engine::on_deadlock_cb([] {
    if (current_engine != nullptr) current_engine->deadlocked_ = true;
  });
}

SimulationEngine::~SimulationEngine() { current_engine = nullptr; }

SimulationEngine::CommandLine::CommandLine(const std::string& network_model) : words{"headroom"} {
  if (network_model != "CM02" && network_model != "LV08") {
    throw std::invalid_argument{
        fmt::format("the network model \"{}\" is not offered; write \"CM02\" or \"LV08\"", network_model)};
  }
  if (std::exchange(engine_was_made, true)) throw std::logic_error{"one run per process: the engine's clock cannot be reset"};
  // A deadlock is logged at the highest level there is, and comes out as an exception instead: everything is dropped.
  xbt_log_control_set("root.thresh:critical root.app:file:/dev/null");

  words.push_back("--cfg=network/model:" + network_model);
  if (network_model == "CM02") {
    // Without these a flow is capped by a TCP window over its round trip, charged for acknowledgements, or slowed by a factor.
    for (const char* setting : {"TCP-gamma:0", "crosstraffic:0", "latency-factor:1", "bandwidth-factor:1", "weight-S:0"}) {
      words.push_back(std::string{"--cfg=network/"} + setting);
    }
  }
#ifdef HEADROOM_SANITIZE
  words.emplace_back("--cfg=contexts/factory:thread");  // sanitizers do not know SimGrid's own stacks
#endif
  // A guard page costs a second memory map per actor, and the kernel allows 65,530: pods start by the ten thousand.
  words.emplace_back("--cfg=contexts/guard-size:0");
  words.emplace_back("--cfg=contexts/stack-size:512");  // KiB, touched as needed
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  count = static_cast<int>(words.size());
}

void SimulationEngine::on_time_advance() {
  if (failure_) return;
  try {
    catch_up(at_seconds(simgrid::s4u::Engine::get_clock()));
  } catch (...) {
    fail(std::current_exception());
  }
}

// SimGrid's clock is in double seconds: rounded to nanoseconds it may miss an instant by one, and must never go back.
void SimulationEngine::catch_up(SimTime instant) {
  instant = std::min(instant, end_);
  if (instant <= now_) return;
  now_ = instant;
  if (advance_) advance_(now_);
}

ActorHandle SimulationEngine::start_actor(const std::string& name, simgrid::s4u::Host* host, TurnOrder order, Body body) {
  return start(name, host, order, std::move(body), true);
}

ActorHandle SimulationEngine::start_main_actor(const std::string& name, simgrid::s4u::Host* host, TurnOrder order, Body body) {
  return start(name, host, order, std::move(body), false);
}

ActorHandle SimulationEngine::start(const std::string& name, simgrid::s4u::Host* host, TurnOrder order, Body body,
                                    bool background) {
  const auto clock = std::make_shared<ActorClock>(*this, order);
  ActorHandle handle;
  handle.clock = clock;
  handle.actor = simgrid::s4u::Actor::create(name, host, [this, clock, body = std::move(body)] {
    guard([&] {
      clock->sleep_until(now_);
      body(*clock);
      clock->finish_turn();
    });
  });
  if (background) handle.actor->daemonize();
  return handle;
}

ActorHandle SimulationEngine::start_actor_without_turns(const std::string& name, simgrid::s4u::Host* host,
                                                        std::function<void()> body) {
  ActorHandle handle;
  handle.actor = simgrid::s4u::Actor::create(name, host, [this, body = std::move(body)] { guard(body); });
  handle.actor->daemonize();
  return handle;
}

void SimulationEngine::guard(const std::function<void()>& body) {
  try {
    body();
  } catch (const simgrid::ForcefulKillException&) {
    throw;  // how SimGrid unwinds the stack of an actor that is ended
  } catch (...) {
    fail(std::current_exception());
  }
}

void SimulationEngine::end_actor(ActorHandle& handle) {
  if (!handle.actor) return;
  if (const auto clock = handle.clock.lock()) {
    leave_line(*clock);
    handle.actor->kill();
  }
  handle = {};
}

void SimulationEngine::fail(std::exception_ptr why) {
  if (!failure_) failure_ = std::move(why);
  simgrid::s4u::Actor::kill_all();
}

void SimulationEngine::run() {
  try {
    engine_.run();
  } catch (...) {
    if (!failure_) failure_ = std::current_exception();
  }
  try {
    if (failure_) std::rethrow_exception(failure_);
  } catch (const simgrid::Exception& error) {
    throw IncompleteRun{fmt::format("the run stopped at {} s: {}", to_seconds(now_), error.what())};
  }
  if (deadlocked_) {
    throw IncompleteRun{
        fmt::format("the run stopped at {} s: every actor waits for something that cannot happen (deadlock)", to_seconds(now_))};
  }
}

}  // namespace headroom
