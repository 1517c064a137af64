#include "sim/core/registry.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace headroom {
namespace {

struct Greeter {
  static constexpr std::string_view seam = "greeting";
  static constexpr std::string_view discriminator = "manner";
  struct Context {
    std::string name;
  };
  virtual ~Greeter() = default;
  virtual std::string greet() const = 0;
};

class Shouting final : public Greeter {
 public:
  struct Options {
    int marks = 1;
    void describe(Fields& field) { field("marks", marks, "exclamation marks", between(0, 5)); }
  };
  Shouting(const Options& options, const Context& context) : options_{options}, name_{context.name} {}
  std::string greet() const override { return name_ + std::string(static_cast<std::size_t>(options_.marks), '!'); }

 private:
  Options options_;
  std::string name_;
};

const bool offered = offer<Greeter, Shouting>("shouting", "loud");

TEST(Registry, MakesWhatWasChosenWithItsOptions) {
  ASSERT_TRUE(offered);
  const PolicyChoice choice = choice_of<Greeter>("shouting");
  ASSERT_TRUE(choice.chosen());
  dynamic_cast<OptionsOf<Shouting::Options>&>(*choice.options).value.marks = 3;
  EXPECT_EQ(RegistryOf<Greeter>::instance().make(choice, {"hey"})->greet(), "hey!!!");
}

TEST(Registry, GivesEveryChoiceItsOwnDefaultOptions) {
  const PolicyChoice first = choice_of<Greeter>("shouting");
  dynamic_cast<OptionsOf<Shouting::Options>&>(*first.options).value.marks = 5;
  const PolicyChoice second = choice_of<Greeter>("shouting");
  EXPECT_EQ(dynamic_cast<OptionsOf<Shouting::Options>&>(*second.options).value.marks, 1);
}

TEST(Registry, LeavesAnUnknownNameUnchosen) {
  const PolicyChoice choice = choice_of<Greeter>("whispering");
  EXPECT_FALSE(choice.chosen());
  EXPECT_TRUE(choice.name.empty());
  EXPECT_EQ(choice.registry, &RegistryOf<Greeter>::instance());
  EXPECT_THROW(RegistryOf<Greeter>::instance().make(choice, {"hey"}), std::logic_error);
}

TEST(Registry, ListsItsSeamAndNames) {
  const auto& registries = Registry::all();
  ASSERT_TRUE(registries.contains("greeting"));
  const Registry& registry = *registries.at("greeting");
  EXPECT_EQ(registry.discriminator(), "manner");
  EXPECT_EQ(registry.names(), std::vector<std::string>{"shouting"});
  EXPECT_TRUE(registry.offers("shouting"));
  EXPECT_FALSE(registry.offers("whispering"));
  EXPECT_EQ(registry.offers().at("shouting").summary, "loud");
}

TEST(Registry, RefusesANameTwice) {
  EXPECT_THROW((offer<Greeter, Shouting>("shouting", "again")), std::logic_error);
  EXPECT_EQ(RegistryOf<Greeter>::instance().names().size(), 1U);
}

TEST(Registry, RefusesASeamTwice) { EXPECT_THROW(Registry("greeting", "manner", ""), std::logic_error); }

}  // namespace
}  // namespace headroom
