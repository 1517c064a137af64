// Which assumptions the answer hangs on: each at both ends of its range, paired by common random numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "planning/trials.hpp"
#include "planning/uncertain_quantity.hpp"

namespace headroom {

struct SensitivityQuestion {
  // What is looked at: "cost", or a part of an objective's text. Empty: the objective that decides.
  std::string output;
  std::uint64_t replications = 5;
  std::size_t samples = 0;  // of all assumptions together
  std::function<void(const std::string&)> note;
};

struct SweptAssumption {
  UncertainQuantity quantity;
  Trial low, high;           // of the scenario with that end
  Interval at_low, at_high;  // the output, in the replications that all of low, mid and high have; count 0: nothing was observed
  std::size_t pairs = 0;     // those replications
  double swing = 0.0;        // largest difference between two of low, mid and high
  // Some difference between two of low, mid and high is more than chance (paired, Bonferroni over the three and Holm over all
  // assumptions at 5 %).
  bool is_told = false;
  bool decides = false;  // the required objectives hold at one of low, mid, high, and fail at another
};

// Outcomes of scenarios whose assumptions are all drawn, each by the values of one run.
struct JointSamples {
  std::size_t pass = 0, fail = 0, inconclusive = 0;
};

struct Sensitivity {
  NamedScenario scenario;
  Trial base;
  std::optional<std::size_t> objective;  // that is the output; nothing: cost per month
  std::vector<SweptAssumption> swept;    // by swing, the largest first
  std::vector<std::string> left_out;     // assumptions without a range, or that are no numbers
  std::optional<JointSamples> joint;
  std::uint64_t wanted = 0;  // replications of each; fewer were made if it was stopped before
  std::uint64_t runs = 0;
  Trials::Stop stopped = Trials::Stop::none;
  // Of `swept`: the largest swing that decides, else that can be told; nothing: none can.
  std::optional<std::size_t> measure_first() const;
  bool is_provisional() const { return stopped != Trials::Stop::none && base.replications < wanted; }
  std::string incomplete() const;  // why a run did not complete; empty: all did
};

// Throws PlanError if no assumption has a range or there is nothing to look at, ScenarioError if an end cannot be read.
Sensitivity find_sensitivity(Trials& trials, const SensitivityQuestion& question);

std::vector<std::vector<std::string>> sensitivity_rows(const Sensitivity& found, std::string_view plus_minus);
std::vector<std::string> sensitivity_remarks(const Sensitivity& found);
std::string sensitivity_sentence(const Sensitivity& found);
nlohmann::json sensitivity_json(const Sensitivity& found);
std::string sensitivity_page(const Sensitivity& found);

}  // namespace headroom
