// Workload: who asks, and when. A workload produces Arrivals in order of time, in batches; each starts one journey.
//
// Arrivals are generated ahead of the simulation and never depend on it. A closed population is N arrivals of a journey
// that starts over when it ends (JourneyShape::repeats).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom {

struct Arrival {
  SimTime at;
  std::uint32_t journey = 0;  // index into the workload's journeys
  std::uint8_t priority = 0;  // 0 is the most urgent
  std::uint64_t subject = 0;  // who: user, tenant, monitor; 0-based within the workload
  std::uint64_t key = 0;      // what is asked for, where the workload knows (trace)
};

// A named span of the workload ("stress"), for conditions `during PHASE` and for the report.
struct Phase {
  std::string name;
  SimTime begin;
  SimTime end;
  bool more = true;  // load, at some time in it, than at the end of the phase before
};

// What the workload model must know of the scenario's journeys.
struct JourneyShape {
  std::string name;
  double weight = 1.0;
  bool repeats = false;
};

// Arrivals of the same subject that follow each other at this distance, and what share of all they are.
struct Rhythm {
  double share = 1.0;
  Duration period{};
};

// So many things (users, monitors, items) at a load: rounded, at least one, at most as many as can be counted exactly.
inline std::int64_t count_at_load(std::int64_t count, double load) {
  constexpr double most = 9e15;
  if (load == 1.0) return count;
  return static_cast<std::int64_t>(std::clamp(std::round(static_cast<double>(count) * load), 1.0, most));
}

class Workload {
 public:
  static constexpr std::string_view seam = "workloads";
  static constexpr std::string_view discriminator = "model";
  struct Context {
    std::string name;                  // of the workload, for stream names: "workloads/<name>/…"
    SimTime end;                       // the run's end: nothing is needed beyond it
    std::vector<JourneyShape> journeys;  // at least one
    RandomStreams* streams = nullptr;  // of this run; the constructor takes its streams here
    std::string directory;             // trace files are relative to it (the scenario's folder)
    double load = 1.0;                 // > 0: the demand is this times what the options say
  };

  virtual ~Workload() = default;
  // Fills from the front with the next arrivals in order of time (equal times allowed); returns how many. 0: no more, ever.
  virtual std::size_t next(std::span<Arrival> batch) = 0;
  // Long-run rate of journeys started per second, averaged over the run: for `explain` and for reports. Closed: 0.
  virtual double mean_rate() const = 0;
  // The largest rate the workload aims at during the run; mean_rate() when it is flat.
  virtual double peak_rate() const { return mean_rate(); }
  // Users (accounts, tenants) behind it, for cost per user; 0 if it does not know.
  virtual double users() const { return 0.0; }
  // Where they become more or fewer, users() is their mean over the run.
  virtual bool users_change() const { return false; }
  virtual double users_at(SimTime) const { return users(); }
  // Members of a closed population (each waits for its answer before asking again); 0: open.
  virtual double population() const { return 0.0; }
  // Whether journeys start over when they end.
  virtual bool repeats() const { return false; }
  // Constant rate over the whole run, so that a warm-up can be found and deleted automatically.
  virtual bool stationary() const = 0;
  virtual std::vector<Phase> phases() const { return {}; }
  // Of workloads whose subjects come again at fixed times; empty: they do not.
  virtual std::vector<Rhythm> rhythms() const { return {}; }
  // How long after one arrival of the subject the next one comes; zero: that is not known.
  virtual Duration rhythm_of(std::uint64_t) const { return {}; }
  // When the subject's arrival of `at` was due by its schedule: at `at`, where it does not wait on purpose (jitter). Not later.
  virtual SimTime due(std::uint64_t, SimTime at) const { return at; }
  // Whether work is to be done within a time, and within which: without another word before the subject comes again.
  virtual bool has_deadlines() const { return !rhythms().empty(); }
  virtual Duration deadline_of(std::uint64_t subject) const { return rhythm_of(subject); }
  // What the options ask for and this run cannot give (a phase after its end), by field of the options; asked before a run.
  virtual FieldProblems problems() const { return {}; }
};

}  // namespace headroom
