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

// SimGrid logs a deadlock at its highest level; it comes out as an exception instead, so everything is dropped.
std::string silent_name() {
  if (std::exchange(engine_was_made, true)) throw std::logic_error{"one run per process: the engine's clock cannot be reset"};
  xbt_log_control_set("root.thresh:critical root.app:file:/dev/null");
  return "headroom";
}

}  // namespace

// ---- an actor's sense of time ----------------------------------------------------------------------------------------------

ActorClock::~ActorClock() { engine_.line_.erase(this); }

SimTime ActorClock::now() const { return engine_.now(); }

void ActorClock::finish_turn() { engine_.leave_line(*this); }

void ActorClock::sleep_until(SimTime instant) {
  finish_turn();
  engine_.line_up(*this, std::max(instant, engine_.now()));
  if (instant > engine_.now()) simgrid::s4u::this_actor::sleep_until(to_seconds(instant));
  engine_.catch_up(instant);
  if (*engine_.line_.begin() == this) return;
  if (!permission_) permission_ = simgrid::s4u::Semaphore::create(0);
  waits_ = true;
  permission_->acquire();
}

bool SimulationEngine::EarlierFirst::operator()(const ActorClock* a, const ActorClock* b) const {
  return std::tie(a->wakes_, a->order_, a->ticket_) < std::tie(b->wakes_, b->order_, b->ticket_);
}

void SimulationEngine::line_up(ActorClock& clock, SimTime wakes) {
  clock.wakes_ = wakes;
  clock.ticket_ = next_ticket_++;
  line_.insert(&clock);
}

void SimulationEngine::leave_line(ActorClock& clock) {
  if (clock.ticket_ == 0) return;
  line_.erase(&clock);
  clock.ticket_ = 0;
  clock.waits_ = false;
  call_next();
}

// Those in line that still sleep will find themselves first when they wake.
void SimulationEngine::call_next() {
  if (line_.empty()) return;
  ActorClock& next = **line_.begin();
  if (!std::exchange(next.waits_, false)) return;
  next.permission_->release();
}

// ---- the engine --------------------------------------------------------------------------------------------------------------

SimulationEngine::SimulationEngine(const std::string& network_model, SimTime end) : end_{end}, engine_{silent_name()} {
  configure(network_model);
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

void SimulationEngine::configure(const std::string& network_model) {
  using simgrid::s4u::Engine;
  if (network_model != "CM02" && network_model != "LV08") {
    throw std::invalid_argument{fmt::format("the network model \"{}\" is not offered; write \"CM02\" or \"LV08\"", network_model)};
  }
  Engine::set_config("network/model:" + network_model);
  if (network_model == "CM02") {
    // Without these a flow is capped by a TCP window over its round trip, charged for acknowledgements, or slowed by a factor.
    for (const char* setting : {"network/TCP-gamma:0", "network/crosstraffic:0", "network/latency-factor:1",
                                "network/bandwidth-factor:1", "network/weight-S:0"}) {
      Engine::set_config(std::string{setting});
    }
  }
#ifdef HEADROOM_SANITIZE
  Engine::set_config(std::string{"contexts/factory:thread"});
#else
  // A guard page costs a second memory map per actor, and the kernel allows 65,530: pods start by the ten thousand.
  Engine::set_config(std::string{"contexts/guard-size:0"});
  Engine::set_config(std::string{"contexts/stack-size:512"});  // KiB, touched as needed
#endif
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

ActorHandle SimulationEngine::start(const std::string& name, simgrid::s4u::Host* host, TurnOrder order, Body body, bool background) {
  const auto clock = std::make_shared<ActorClock>(*this, order);
  ActorHandle handle;
  handle.clock = clock;
  handle.actor = simgrid::s4u::Actor::create(name, host, [this, clock, body = std::move(body)] {
    try {
      body(*clock);
      clock->finish_turn();
    } catch (const simgrid::ForcefulKillException&) {
      throw;  // how SimGrid unwinds the stack of an actor that is ended
    } catch (...) {
      fail(std::current_exception());
    }
  });
  if (background) handle.actor->daemonize();
  return handle;
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
    throw IncompleteRun{fmt::format("the run stopped at {} s: every actor waits for something that cannot happen (deadlock)", to_seconds(now_))};
  }
}

}  // namespace headroom
