// The largest load at which every required objective holds, with certainty.
//
// Arithmetic says where to begin: the load at which the first bottleneck, scaled out, is used up. Loads are then simulated, the
// documented one first: geometrically up (or down) until one passes and a larger one fails, then halved geometrically, each with
// sequential replications until its verdict is clear. A load at which it stays unclear is gone round on both sides, so that the
// answer is as narrow as the replications allow.
//
// The interval is [largest load that passes, smallest that fails]: at each end the 95 % interval of the deciding objective lies
// on one side of its limit. It rests on nothing but that a larger load is no easier (inversion of pointwise tests under a
// monotone curve; no shape between the loads is assumed). The point within it is where the margin of the objective that breaks
// first crosses zero: means made monotone by pooling adjacent violators (Barlow, Bartholomew, Bremner, Brunk, "Statistical
// Inference under Order Restrictions", 1972), linear between loads. Both ends are simulated once more with fresh replications:
// each look at the first ones was a chance to be wrong. An end at which those do not say the same counts as unclear, and the
// search goes on below it or above it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "planning/axis.hpp"
#include "planning/trials.hpp"
#include "planning/tried_load.hpp"
#include "scenarios/explain.hpp"

namespace headroom {

struct LimitQuestion {
  std::string over = "/load";
  std::optional<double> from, to;  // values of it that are looked at; without them around the documented one and arithmetic's
  double precision = 0.02;         // how far apart the ends may be, as a share
  std::uint64_t replications = 5;  // at least, of each load
  std::uint64_t at_most = 40;
  std::function<void(const std::string&)> note;  // told what is tried next; may be empty
};

struct LoadLimit {
  NamedScenario scenario;  // documented
  Axis axis;
  double precision = 0.0;
  std::uint64_t at_most = 0;
  std::vector<TriedLoad> tried;           // in order of load; at least the documented one
  std::optional<double> arithmetic;       // load at which the first bottleneck, scaled out, is used up
  std::optional<std::size_t> holds;       // of `tried`: the largest that passes below every one that fails
  std::optional<std::size_t> breaks;      // the smallest that fails
  std::optional<double> point;            // where both are
  std::optional<std::size_t> objective;   // of those in the verdicts: breaks first
  std::optional<StationLoad> bottleneck;  // the most used, scaled out, by arithmetic, at `point` or the largest load that holds
  // Of `holds` and of `breaks`, by fresh replications that say the same.
  std::optional<TriedLoad> verification, verification_of_breaks;
  std::string not_verified;          // why a run of a verification did not complete; empty: all did
  std::vector<double> passes_above;  // loads that pass although a smaller one fails
  Trials::Stop stopped = Trials::Stop::none;
  std::uint64_t runs = 0;

  const TriedLoad& documented() const;
};

// Throws ScenarioError or PlanError if the documented load cannot be read, has no required objective, or the axis is none.
LoadLimit find_limit(Trials& trials, const LimitQuestion& question);

// Where the margins (how far inside its limit, by rising load) cross zero: made monotone, then linear; nothing if they do not. A
// margin that is not there counts as beyond all limits.
struct MarginAt {
  double load = 0.0;
  std::optional<double> margin;
  double weight = 1.0;
};
std::optional<double> crossing_of(const std::vector<MarginAt>& margins);

// Its forms. A table of the loads, the heading first; what a reader must know besides; the answer; plan.json; and one page with
// the margins against the load.
std::vector<std::vector<std::string>> limit_rows(const LoadLimit& limit, std::string_view plus_minus);
std::vector<std::string> limit_remarks(const LoadLimit& limit);
std::string limit_sentence(const LoadLimit& limit);
nlohmann::json limit_json(const LoadLimit& limit);
std::string limit_page(const LoadLimit& limit);

}  // namespace headroom
