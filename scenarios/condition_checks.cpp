// Conditions: metrics and labels that exist, aggregations that mean something, limits in the metric's unit.
#include <algorithm>
#include <optional>
#include <string>

#include "scenarios/checks.hpp"
#include "sim/core/metric_name.hpp"
#include "sim/measure/metric_catalog.hpp"

namespace headroom {

namespace {

std::string_view word_for(Aggregation aggregation) {
  switch (aggregation) {
    case Aggregation::percentile: return "p(N)";
    case Aggregation::avg: return "avg";
    case Aggregation::max: return "max";
    case Aggregation::min: return "min";
    case Aggregation::rate: return "rate";
    case Aggregation::count: return "count";
    case Aggregation::last: return "last";
    case Aggregation::time_to: return "time_to";
  }
  return "";
}

template <class Words>
std::string listed(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + std::string{word};
  return text;
}

std::string aggregations_of(const MetricInfo& metric) {
  const std::vector<Aggregation> all = aggregations_for(metric);
  if (all.size() == 1) return "it stands alone, without an aggregation";
  std::string words;
  for (const Aggregation one : all) words += (words.empty() ? "" : ", ") + std::string{word_for(one)};
  return "it has " + words;
}

class ConditionChecker {
 public:
  // Without a limit it is the name of a metric alone.
  ConditionChecker(const Reading::ConditionFound& found, const Names& names, Reading& reading, bool has_limit = true)
      : found_{found}, condition_{*found.condition}, names_{names}, reading_{reading}, has_limit_{has_limit} {}

  void check() {
    const MetricInfo* metric = find_metric(condition_.selector.metric);
    if (metric == nullptr) {
      const auto all = metric_names();
      const std::string near = nearest_name(condition_.selector.metric, all);
      issue(condition_.selector.metric, "there is no metric \"" + condition_.selector.metric + "\"",
            near.empty() ? "`headroom metrics` lists them" : "did you mean \"" + near + "\"?");
    } else {
      check_labels(*metric);
      check_limit(*metric);
    }
    check_phase();
  }

 private:
  // At the word in the condition's text.
  void issue(std::string_view word, std::string message, std::string suggestion = {}) {
    std::size_t offset = 0;
    if (found_.verbatim) {
      const std::size_t at = condition_.text.find(word);
      offset = found_.text_offset + (at == std::string::npos ? 0 : at);
    }
    reading_.issues.add(found_.place, std::move(message), std::move(suggestion), offset);
  }

  void check_labels(const MetricInfo& metric) {
    std::string_view place;  // the label that says where; there can be one
    for (const Label& label : condition_.selector.labels) {
      if (std::find(metric.labels.begin(), metric.labels.end(), label.name) == metric.labels.end()) {
        const std::string near = nearest_name(label.name, metric.labels);
        const std::string right = metric.labels.empty() ? "it has no labels" : "it has " + listed(metric.labels);
        issue(label.name, std::string{metric.name} + " has no label \"" + label.name + "\"", near.empty() ? right : "did you mean \"" + near + "\"?");
        continue;
      }
      check_label_value(label);
      if (label.name == "reason" || label.name == "priority" || label.name == "tier" || label.name == "operation" ||
          label.name == "part" || label.name == "kind")
        continue;
      if (!place.empty()) issue(label.name, std::string{metric.name} + " goes by " + std::string{place} + " or by " + label.name + ", not both");
      place = label.name;
    }
  }

  void check_label_value(const Label& label) {
    if (names_.contains(label.name, label.value)) return;
    const auto& all = names_.of(label.name);
    const std::string near = nearest_name(label.value, all);
    std::string suggestion = "did you mean \"" + near + "\"?";
    if (near.empty()) suggestion = all.empty() ? "the scenario has no " + spoken(label.name) : "there is " + listed(all);
    issue(label.value, "there is no " + spoken(label.name) + " \"" + label.value + "\"", std::move(suggestion));
  }

  void check_limit(const MetricInfo& metric) {
    const Aggregation aggregation = condition_.selector.aggregation;
    const auto wanted = value_dimension(metric, aggregation);
    if (!wanted) {
      const bool none_given = aggregation == Aggregation::last && condition_.text.find("last") == std::string::npos;
      issue(none_given ? metric.name : word_for(aggregation).substr(0, word_for(aggregation).find('(')),
            none_given ? std::string{metric.name} + " needs an aggregation" : std::string{metric.name} + " has no " + std::string{word_for(aggregation)},
            aggregations_of(metric));
      return;
    }
    if (!has_limit_) return;
    const Dimension given = condition_.limit.dimension;
    // A forgotten "%" would make a promise that nothing can break.
    if (*wanted == Dimension::ratio && given == Dimension::count && condition_.limit.value > 1.0) {
      const std::string number = to_text(condition_.limit.value, Dimension::count);
      issue(to_text(condition_.comparison), "the limit is " + number + ", which as a share is " + to_text(100.0 * condition_.limit.value, Dimension::count) + " %",
            "write \"" + number + " %\"");
      return;
    }
    if (given == *wanted || (*wanted == Dimension::ratio && given == Dimension::count)) return;
    std::string message = "the limit is " + std::string{name_of(given)} + ", but ";
    message += (aggregation == Aggregation::last ? std::string{metric.name} : to_text(condition_.selector)) + " is " + std::string{name_of(*wanted)};
    std::string remedy = "write it like \"" + std::string{example_of(*wanted)} + "\"";
    // "cost < 5 USD/h" means what is spent in an hour.
    if (value_dimension(metric, Aggregation::rate) == given && aggregation != Aggregation::rate)
      remedy += ", or ask for \"rate " + std::string{metric.name} + "\"";
    issue(to_text(condition_.comparison), std::move(message), std::move(remedy));
  }

  void check_phase() {
    if (condition_.phase.empty() || !names_.phases_are_known || names_.contains("phase", condition_.phase)) return;
    const auto& all = names_.of("phase");
    const std::string near = nearest_name(condition_.phase, all);
    std::string suggestion = "did you mean \"" + near + "\"?";
    if (near.empty()) suggestion = all.empty() ? "no workload has phases" : "there is " + listed(all);
    issue(condition_.phase, "there is no phase \"" + condition_.phase + "\"", std::move(suggestion));
  }

  const Reading::ConditionFound& found_;
  const Condition& condition_;
  const Names& names_;
  Reading& reading_;
  bool has_limit_;
};

// An option that names a metric, as conditions do on their left-hand side.
void check_metric(const Reading::ReferenceFound& named, const Names& names, Reading& reading) {
  Condition condition;
  condition.text = named.reference->name;
  ConditionError error;
  const std::optional<MetricSelector> selector = parse_selector(condition.text, error);
  if (!selector) return reading.issues.add(named.place, error.message, error.suggestion);
  condition.selector = *selector;
  const Reading::ConditionFound found{.condition = &condition, .place = named.place, .verbatim = false, .text_offset = 0};
  ConditionChecker{found, names, reading, false}.check();
}

}  // namespace

void check_conditions(const Names& names, Reading& reading) {
  for (const Reading::ConditionFound& found : reading.conditions) ConditionChecker{found, names, reading}.check();
  for (const Reading::ReferenceFound& named : reading.references) {
    if (named.reference->kind == MetricName::reference_kind) check_metric(named, names, reading);
  }
}

}  // namespace headroom
