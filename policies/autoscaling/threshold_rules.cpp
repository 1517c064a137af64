// Threshold rules: when a condition on a metric has lasted, change the number of replicas, then wait.
//
//   a rule may act once its condition has held for its "for" and its own cooldown since its last action is over;
//   of several that may act, the one that leaves the most replicas acts, and only its cooldown begins
//   action: "+1", "-2" (replicas), "+50 %", "-10 %" (of the present number), "=5" (exactly)
//
// A metric without a label is that of the service the rules belong to. For a worker "queue_length" and "queue_wait" are those of
// the queue it takes messages from: its own backlog holds no more than the batch just taken. Write queue_length{service=…} for
// that.
//
// Source:  Amazon EC2 Auto Scaling user guide, step and simple scaling: the largest capacity wins when policies disagree; a
//          percentage truncates, but moves by at least one; cooldowns. "for" as in Prometheus: held without a break, >=.
// Differs: there an alarm fires for a number of periods of its own; here every evaluation reads the newest scraped value.
//          A condition that keeps holding acts again after each cooldown (without a cooldown: at each evaluation).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "policies/autoscaling/own_metric.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom {
namespace {

struct Action {
  enum class Kind { add, percent, set } kind = Kind::add;
  double amount = 0.0;  // with its sign
};

constexpr std::string_view action_examples = "write \"+1\", \"-1\", \"+50 %\", \"-10 %\" or \"=5\"";

std::string_view without_spaces_around(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// None if the text is no action.
std::optional<Action> parse_action(std::string_view text) {
  text = without_spaces_around(text);
  if (text.size() < 2 || std::string_view{"+-="}.find(text.front()) == std::string_view::npos) return std::nullopt;
  const char sign = text.front();
  text = without_spaces_around(text.substr(1));
  const bool percent = !text.empty() && text.back() == '%';
  if (percent) text = without_spaces_around(text.substr(0, text.size() - 1));
  double amount = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !(amount >= 0.0) || amount > 1e6) return std::nullopt;
  if (percent ? sign == '=' : amount != std::floor(amount)) return std::nullopt;
  if (amount == 0.0 && sign != '=') return std::nullopt;
  if (sign == '=') return Action{Action::Kind::set, amount};
  return Action{percent ? Action::Kind::percent : Action::Kind::add, sign == '-' ? -amount : amount};
}

int apply(const Action& action, int current) {
  if (action.kind == Action::Kind::set) return static_cast<int>(action.amount);
  if (action.kind == Action::Kind::add) return current + static_cast<int>(action.amount);
  const double change = std::trunc(current * action.amount / 100.0);
  return current + static_cast<int>(change == 0.0 ? std::copysign(1.0, action.amount) : change);
}

struct RuleOption {
  static constexpr std::string_view type_name = "threshold_rule";
  std::string name;
  Condition when;
  std::string action;
  Duration cooldown{};

  void describe(Fields& field) {
    field("name", name, "for reports; default: the condition")
        .required("when", when,
                  "condition on a metric, by default of this service, or of the queue a worker takes from: \"avg cpu > 80 % for "
                  "5 min\"")
        .required("action", action, "\"+1\", \"-1\", \"+50 %\", \"-10 %\" or \"=5\"")(
            "cooldown", cooldown, "after it has acted, the rule rests for this long", at_least(Duration{0}));
  }
};

class ThresholdRules final : public Autoscaler {
 public:
  struct Options {
    std::vector<RuleOption> rules;
    IntegerRange replicas{1, 10'000};
    Duration period{std::chrono::seconds{15}};
    Duration cooldown_after_up{};
    Duration cooldown_after_down{};

    void describe(Fields& field) {
      field.required("rules", rules, "conditions and what each does")("replicas", replicas, "never fewer, never more",
                                                                      between(1, 100'000))(
          "period", period, "how often the rules are evaluated", between(std::chrono::seconds{1}, std::chrono::hours{24}))(
          "cooldown_after_up", cooldown_after_up, "after any rule has asked for more, no rule acts for this long",
          at_least(Duration{0}))("cooldown_after_down", cooldown_after_down,
                                 "after any rule has asked for fewer, no rule acts for this long", at_least(Duration{0}));
    }
    FieldProblems problems() const;
  };

  ThresholdRules(const Options& options, const Context& context);

  Duration period() const override { return options_.period; }
  ScalingDecision decide(const ServiceView& service) override;
  std::vector<MetricSelector> watched() const override;

 private:
  struct Rule {
    LastingCondition condition;
    Action action;
    Duration cooldown{};
    std::string name;
    std::optional<SimTime> acted{};
    bool holds = false;
  };

  void evaluate(const ServiceView& service);
  bool rests(const Rule& rule, SimTime now) const;
  int wish(const Rule& rule, int current) const { return within_range(apply(rule.action, current)); }
  int within_range(int replicas) const { return std::min(std::max(replicas, options_.replicas.low), options_.replicas.high); }
  ScalingDecision act(Rule& rule, const ServiceView& service);
  std::string inaction(int current) const;

  Options options_;
  std::vector<Rule> rules_;
  std::optional<SimTime> last_up_, last_down_;
};

FieldProblems ThresholdRules::Options::problems() const {
  FieldProblems problems;
  if (rules.empty())
    problems.emplace_back("rules",
                          "has no rule; give at least one, as {\"when\": \"avg cpu > 80 % for 5 min\", \"action\": \"+1\"}");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const RuleOption& rule = rules[i];
    if (!parse_action(rule.action))
      problems.emplace_back(fmt::format("rules/{}/action", i), fmt::format("is \"{}\"; {}", rule.action, action_examples));
    if (!rule.when.phase.empty())
      problems.emplace_back(fmt::format("rules/{}/when", i),
                            "has \"during\", but a rule is evaluated over the whole run; leave it out");
    if (rule.when.selector.aggregation == Aggregation::time_to)
      problems.emplace_back(fmt::format("rules/{}/when", i),
                            "uses time_to, which is known only after the run; use avg, max or p(N)");
  }
  if (replicas.low > replicas.high)
    problems.emplace_back("replicas", fmt::format("is from {} to {}; the first is the minimum", replicas.low, replicas.high));
  return problems;
}

ThresholdRules::ThresholdRules(const Options& options, const Context& context) : options_{options} {
  for (const RuleOption& option : options.rules) {
    Condition condition = option.when;
    condition.selector = own_metric(condition.selector, context);
    rules_.push_back({.condition = LastingCondition{condition},
                      .action = parse_action(option.action).value_or(Action{}),
                      .cooldown = option.cooldown,
                      .name = option.name.empty() ? to_text(condition) : option.name});
  }
}

std::vector<MetricSelector> ThresholdRules::watched() const {
  std::vector<MetricSelector> selectors;
  for (const Rule& rule : rules_) {
    const MetricSelector& selector = rule.condition.condition().selector;
    if (std::ranges::find(selectors, selector) == selectors.end()) selectors.push_back(selector);
  }
  return selectors;
}

// Every rule at every evaluation, so that "for" runs on while the service or the rule rests.
void ThresholdRules::evaluate(const ServiceView& service) {
  for (Rule& rule : rules_) {
    const auto scraped = service.metrics ? service.metrics->read(rule.condition.condition().selector) : std::nullopt;
    rule.holds = rule.condition.update(service.now, scraped ? std::optional{scraped->value} : std::nullopt);
  }
}

bool ThresholdRules::rests(const Rule& rule, SimTime now) const {
  const auto within = [now](std::optional<SimTime> since, Duration span) { return since && now - *since < span; };
  return within(rule.acted, rule.cooldown) || within(last_up_, options_.cooldown_after_up) ||
         within(last_down_, options_.cooldown_after_down);
}

ScalingDecision ThresholdRules::decide(const ServiceView& service) {
  evaluate(service);
  const int current = service.current_replicas;
  if (const int bound = within_range(current); bound != current) {
    return {bound, fmt::format("{} is outside {} to {}", current, options_.replicas.low, options_.replicas.high)};
  }
  Rule* chosen = nullptr;
  for (Rule& rule : rules_) {
    if (!rule.holds || rests(rule, service.now) || wish(rule, current) == current) continue;
    if (!chosen || wish(rule, current) > wish(*chosen, current)) chosen = &rule;
  }
  return chosen ? act(*chosen, service) : ScalingDecision{current, inaction(current)};
}

ScalingDecision ThresholdRules::act(Rule& rule, const ServiceView& service) {
  const int current = service.current_replicas;
  const int wanted = wish(rule, current);
  rule.acted = service.now;
  (wanted > current ? last_up_ : last_down_) = service.now;
  return {wanted, fmt::format("{}: {} wanted of {}", rule.name, wanted, current), rule.condition.since()};
}

std::string ThresholdRules::inaction(int current) const {
  const auto holding = std::ranges::find_if(rules_, &Rule::holds);
  if (holding == rules_.end()) return "no rule holds";
  if (wish(*holding, current) == current) return holding->name + ": holds, but nothing is left to change";
  return holding->name + ": holds, but rests after an action";
}

const bool offered =
    offer<Autoscaler, ThresholdRules>("threshold-rules", "when a metric has been over a limit for a while, add or remove");

}  // namespace
}  // namespace headroom
