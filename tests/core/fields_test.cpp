#include "sim/core/fields.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/core/registry.hpp"

namespace headroom {
namespace {

using namespace std::chrono_literals;

struct Colour {
  static constexpr std::string_view seam = "colour";
  static constexpr std::string_view discriminator = "policy";
  struct Context {};
  virtual ~Colour() = default;
};
class Red final : public Colour {
 public:
  struct Options {
    Ratio depth{0.5};
    void describe(Fields& field) { field("depth", depth, "how deep", between(0.0, 1.0)); }
  };
  Red(const Options& options, const Context& /*context*/) : depth_{options.depth} {}

 private:
  [[maybe_unused]] Ratio depth_;
};
const bool offered = offer<Colour, Red>("red", "the colour red");

struct Step {
  static constexpr std::string_view type_name = "step";
  static constexpr std::string_view shorthand = "call";
  std::string call;
  std::vector<Step> then;
  void describe(Fields& field) {
    field.required("call", call, "what to call");
    field("then", then, "what follows");
  }
};

struct Sample {
  bool enabled = true;
  int replicas = 3;
  Duration cooldown = 5min;
  Bytes memory{1024};
  std::string mode = "fast";
  std::optional<Duration> timeout;
  std::vector<Ratio> targets{{0.7}, {0.8}};
  Step step{"feed", {}};
  std::vector<Step> steps;
  DistributionField demand{Distribution::exponential(0.004), Dimension::time};
  PolicyChoice colour = choice_of<Colour>("red");
  void describe(Fields& field) {
    field("enabled", enabled, "whether it acts");
    field("replicas", replicas, "how many", between(1, 30));
    field("cooldown", cooldown, "pause after acting", between(Duration{0}, Duration{1h}));
    field("memory", memory, "limit", more_than(0));
    field.choice("mode", mode, "how", {"fast", "slow"});
    field("timeout", timeout, "gives up after");
    field("targets", targets, "aims");
    field("step", step, "one step");
    field("steps", steps, "steps");
    field("demand", demand, "CPU time", more_than(0));
    field("colour", colour, "the colour");
  }
};

// Writes each field with its value as one line, as a report or a reference would.
class Lister final : public Visitor {
 public:
  std::vector<std::string> lines;
  void visit(const FieldInfo& info, FieldValue value) override {
    lines.push_back(prefix_ + std::string{info.name} + (info.required ? "*" : ""));
    const std::size_t line = lines.size() - 1;
    const std::string inner = lines[line] + ".";
    const std::string text = std::visit([&](auto& held) { return show(held, inner); }, value);
    lines[line] += " = " + text;
  }

 private:
  std::string show(bool* held, const std::string&) { return *held ? "true" : "false"; }
  std::string show(int* held, const std::string&) { return std::to_string(*held); }
  std::string show(Duration* held, const std::string&) { return to_text(*held); }
  std::string show(Bytes* held, const std::string&) { return to_text(*held); }
  std::string show(Ratio* held, const std::string&) { return to_text(*held); }
  std::string show(std::string* held, const std::string&) { return *held; }
  std::string show(DistributionField* held, const std::string&) { return held->value.to_text(held->dimension); }
  std::string show(PolicyChoice* held, const std::string& inner) {
    if (!held->chosen()) return "none";
    descend(inner, [held](Fields& fields) { held->options->describe(fields); });
    return held->name;
  }
  std::string show(ObjectAccess& held, const std::string& inner) {
    descend(inner, [&held](Fields& fields) { held.describe(held.object, fields); });
    return "object " + std::string{held.type};
  }
  std::string show(std::shared_ptr<OptionalAccess>& held, const std::string& inner) {
    if (!held->has_value()) return "absent";
    FieldValue value = held->get();
    return std::visit([&](auto& some) { return show(some, inner); }, value);
  }
  std::string show(std::shared_ptr<ListAccess>& held, const std::string& inner) {
    std::string text = "[";
    for (std::size_t i = 0; i < held->size(); ++i) {
      FieldValue value = held->at(i);
      text += (i == 0 ? "" : ", ") + std::visit([&](auto& some) { return show(some, inner); }, value);
    }
    return text + "]";
  }
  template <class Other>
  std::string show(Other&, const std::string&) {
    return "another type";
  }
  template <class Describe>
  void descend(const std::string& inner, Describe describe) {
    const std::string outer = prefix_;
    prefix_ = inner;
    Fields fields{*this};
    describe(fields);
    prefix_ = outer;
  }

  std::string prefix_;
};

TEST(Fields, ShowEveryFieldWithItsValueInTheOrderOfDescription) {
  ASSERT_TRUE(offered);
  Sample sample;
  Lister lister;
  Fields fields{lister};
  sample.describe(fields);
  EXPECT_EQ(lister.lines, (std::vector<std::string>{
                              "enabled = true",
                              "replicas = 3",
                              "cooldown = 5 min",
                              "memory = 1 KiB",
                              "mode = fast",
                              "timeout = absent",
                              "targets = [70 %, 80 %]",
                              "step = object step",
                              "step.call* = feed",
                              "step.then = []",
                              "steps = []",
                              "demand = exponential, mean 4 ms",
                              "colour = red",
                              "colour.depth = 50 %",
                          }));
}

// Fills the absent and the empty, as a reader would.
class Filler final : public Visitor {
 public:
  std::vector<FieldInfo> seen;
  void visit(const FieldInfo& info, FieldValue value) override {
    seen.push_back(info);
    if (info.name == "replicas") *std::get<int*>(value) = 7;
    if (info.name == "timeout") *std::get<Duration*>(std::get<std::shared_ptr<OptionalAccess>>(value)->emplace()) = 2s;
    if (info.name == "targets") {
      auto list = std::get<std::shared_ptr<ListAccess>>(value);
      list->clear();
      std::get<Ratio*>(list->append())->value = 0.25;
    }
    if (info.name == "steps") fill_step(*std::get<std::shared_ptr<ListAccess>>(value));
  }

 private:
  void fill_step(ListAccess& steps) {
    const auto step = std::get<ObjectAccess>(steps.append());
    EXPECT_EQ(step.type, "step");
    EXPECT_EQ(step.shorthand, "call");
    static_cast<Step*>(step.object)->call = "render";
  }
};

TEST(Fields, WriteThroughToTheMembers) {
  Sample sample;
  Filler filler;
  Fields fields{filler};
  sample.describe(fields);
  EXPECT_EQ(sample.replicas, 7);
  EXPECT_EQ(sample.timeout, Duration{2s});
  ASSERT_EQ(sample.targets.size(), 1U);
  EXPECT_EQ(sample.targets[0].value, 0.25);
  ASSERT_EQ(sample.steps.size(), 1U);
  EXPECT_EQ(sample.steps[0].call, "render");
}

TEST(Fields, CarryMeaningRangeAndChoices) {
  Sample sample;
  Filler filler;
  Fields fields{filler};
  sample.describe(fields);
  EXPECT_EQ(filler.seen[1].meaning, "how many");
  EXPECT_TRUE(filler.seen[1].range.contains(30));
  EXPECT_FALSE(filler.seen[1].range.contains(31));
  EXPECT_EQ(filler.seen[2].range.high, 3600.0);  // spans in seconds
  EXPECT_EQ(filler.seen[4].choices, (std::vector<std::string_view>{"fast", "slow"}));
}

TEST(Fields, OfferPrototypesThatBelongToNobody) {
  std::vector<Step> steps;
  FieldValue value = field_value_of(steps);
  const auto list = std::get<std::shared_ptr<ListAccess>>(value);
  static_cast<Step*>(std::get<ObjectAccess>(list->prototype()).object)->call = "spare";
  EXPECT_TRUE(steps.empty());
  std::optional<Duration> absent;
  value = field_value_of(absent);
  *std::get<Duration*>(std::get<std::shared_ptr<OptionalAccess>>(value)->prototype()) = 1s;
  EXPECT_FALSE(absent);
}

TEST(Range, ExcludesItsLowEndOnlyIfAsked) {
  EXPECT_TRUE(at_least(0.0).contains(0.0));
  EXPECT_FALSE(more_than(0.0).contains(0.0));
  EXPECT_TRUE(between(1s, 2s).contains(2.0));
  EXPECT_FALSE(between(1s, 2s).contains(2.1));
}

}  // namespace
}  // namespace headroom
