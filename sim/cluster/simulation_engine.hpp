// SimulationEngine: SimGrid's engine for one run, with the rule "advance, then change" and errors that arrive.
//
//  - Whenever the clock moves, the advance hook is called with the new instant before any actor acts at it.
//  - Actors that act at the same instant take turns in an order of ours (Turn, number), one whole turn after the other; an
//    actor that is started in a turn begins after it. SimGrid's own order of simultaneous events is repeatable but arbitrary.
//  - An exception that leaves an actor (or the advance hook) ends the run and comes out of run(). A deadlock, or an error of
//    SimGrid itself, comes out as IncompleteRun.
//  - One engine per process: SimGrid's clock and signal callbacks outlive an engine.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <set>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom {

// Who acts first at an instant. A record window ends before anything changes at its end; a controller sees what was scraped
// at this very instant.
enum class Turn : std::uint8_t { recording, nodes, pods, scraping, autoscaling, node_autoscaling };

struct TurnOrder {
  Turn turn = Turn::pods;
  std::uint64_t number = 0;  // among those of the same turn
};

class SimulationEngine;

// What the body of an actor is given: its sense of time.
class ActorClock {
 public:
  ActorClock(SimulationEngine& engine, TurnOrder order) : engine_{engine}, order_{order} {}
  ~ActorClock();
  ActorClock(const ActorClock&) = delete;
  ActorClock& operator=(const ActorClock&) = delete;

  SimTime now() const;
  // Gives the turn away, sleeps, and returns at `instant` (at once if it has passed) when it is this actor's turn.
  void sleep_until(SimTime instant);
  void sleep_for(Duration span) { sleep_until(now() + span); }
  // Before waiting for anything but time: those who act at the same instant must not wait for that.
  void finish_turn();

 private:
  friend class SimulationEngine;
  SimulationEngine& engine_;
  TurnOrder order_;
  SimTime wakes_{};
  std::uint64_t ticket_ = 0;  // breaks ties of order; 0: not in line
  bool waits_ = false;        // awake, but not its turn yet
  simgrid::s4u::SemaphorePtr permission_;
};

// An actor that may be ended from outside. Ending one that has ended already does nothing.
struct ActorHandle {
  simgrid::s4u::ActorPtr actor;
  std::weak_ptr<ActorClock> clock;
};

class SimulationEngine {
 public:
  using Body = std::function<void(ActorClock&)>;

  // `network_model`: "CM02" (a transfer takes latency + bytes / bandwidth exactly) or "LV08" (SimGrid's own correction factors
  // for TCP). Throws std::invalid_argument for another, std::logic_error if the process had an engine before.
  SimulationEngine(const std::string& network_model, SimTime end);
  ~SimulationEngine();
  SimulationEngine(const SimulationEngine&) = delete;
  SimulationEngine& operator=(const SimulationEngine&) = delete;

  SimTime now() const { return now_; }
  SimTime end() const { return end_; }
  // `hook` is never called with an instant before an earlier one or after end().
  void on_advance(std::function<void(SimTime)> hook) { advance_ = std::move(hook); }

  // Goes on in the background; is ended with the run. Its body begins in its turn of the present instant.
  ActorHandle start_actor(const std::string& name, simgrid::s4u::Host* host, TurnOrder order, Body body);
  // The same without turns: for bodies that wait for one thing only and touch nothing before.
  ActorHandle start_actor_without_turns(const std::string& name, simgrid::s4u::Host* host, std::function<void()> body);
  // The run lasts until the last of these has ended.
  ActorHandle start_main_actor(const std::string& name, simgrid::s4u::Host* host, TurnOrder order, Body body);
  // Not for the calling actor itself.
  void end_actor(ActorHandle& handle);
  void run();

 private:
  friend class ActorClock;
  struct EarlierFirst {
    bool operator()(const ActorClock* a, const ActorClock* b) const;
  };

  // SimGrid's settings, in the only form that it reads before it chooses how actors are run: a command line (of ours).
  struct CommandLine {
    explicit CommandLine(const std::string& network_model);
    std::vector<std::string> words;
    std::vector<char*> pointers;
    int count = 0;
  };

  ActorHandle start(const std::string& name, simgrid::s4u::Host* host, TurnOrder order, Body body, bool background);
  void guard(const std::function<void()>& body);
  bool takes_turn(ActorClock& clock);
  void on_time_advance();
  void catch_up(SimTime instant);
  void line_up(ActorClock& clock, SimTime wakes);
  void leave_line(ActorClock& clock);
  void call_next();
  void fail(std::exception_ptr why);

  std::function<void(SimTime)> advance_;
  SimTime now_{};
  SimTime end_;
  std::set<ActorClock*, EarlierFirst> line_;  // who acts, who waits for its turn, and who will wake
  ActorClock* acting_ = nullptr;              // whose turn it is
  std::uint64_t next_ticket_ = 1;
  std::exception_ptr failure_;
  bool deadlocked_ = false;
  CommandLine command_line_;
  simgrid::s4u::Engine engine_;  // last: actors that never ran are destroyed with it, and leave the line
};

}  // namespace headroom
