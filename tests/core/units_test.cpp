#include "sim/core/units.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <locale>
#include <string>
#include <vector>

namespace headroom {
namespace {

struct Reading {
  std::string_view text;
  Dimension dimension;
  double value;
};

TEST(ParseQuantity, ReadsEveryUnitIntoItsBaseUnit) {
  const std::vector<Reading> readings{
      {"300 ms", Dimension::time, 0.3},
      {"200ms", Dimension::time, 0.2},
      {"1.5 h", Dimension::time, 5400},
      {"-3 s", Dimension::time, -3},
      {"  7 d ", Dimension::time, 7 * 86400.0},
      {"2 week", Dimension::time, 14 * 86400.0},
      {"1 month", Dimension::time, 30 * 86400.0},
      {"1 year", Dimension::time, 365 * 86400.0},
      {"5 min", Dimension::time, 300},
      {"12 us", Dimension::time, 12e-6},
      {"8 ns", Dimension::time, 8e-9},
      {"1e6", Dimension::count, 1e6},
      {"0", Dimension::count, 0},
      {".5", Dimension::count, 0.5},
      {"70 %", Dimension::ratio, 0.7},
      {"7%", Dimension::ratio, 0.07},
      {"50 /s", Dimension::rate, 50},
      {"50/s", Dimension::rate, 50},
      {"50 / s", Dimension::rate, 50},
      {"1/s", Dimension::rate, 1},
      {"50 1/s", Dimension::rate, 50},
      {"3 /min", Dimension::rate, 0.05},
      {"36 /h", Dimension::rate, 0.01},
      {"864 /d", Dimension::rate, 0.01},
      {"2592 /month", Dimension::rate, 0.001},
      {"$5", Dimension::money, 5},
      {"5 USD", Dimension::money, 5},
      {"5 $", Dimension::money, 5},
      {"0.02 USD/month", Dimension::money_rate, 0.02 / 2592000},
      {"3.6 USD/h", Dimension::money_rate, 0.001},
      {"$3.6/h", Dimension::money_rate, 0.001},
      {"8 GiB", Dimension::bytes, 8.0 * 1024 * 1024 * 1024},
      {"2 KiB", Dimension::bytes, 2048},
      {"3 TB", Dimension::bytes, 3e12},
      {"4 kB", Dimension::bytes, 4000},
      {"9 B", Dimension::bytes, 9},
      {"10 Gbit/s", Dimension::bandwidth, 1.25e9},
      {"125 MB/s", Dimension::bandwidth, 125e6},
      {"1 GiB/s", Dimension::bandwidth, 1024.0 * 1024 * 1024},
      {"8 bit/s", Dimension::bandwidth, 1},
  };
  for (const Reading& reading : readings) {
    QuantityError error;
    const auto quantity = parse_quantity(reading.text, error);
    ASSERT_TRUE(quantity) << reading.text << " " << error.message;
    EXPECT_EQ(quantity->dimension, reading.dimension) << reading.text;
    EXPECT_DOUBLE_EQ(quantity->value, reading.value) << reading.text;
  }
}

TEST(ParseQuantity, GivesTheDoubleNearestToTheDecimal) {
  QuantityError error;
  EXPECT_EQ(parse_quantity("300 ms", error)->value, 0.3);
  EXPECT_EQ(parse_quantity("7 %", error)->value, 0.07);
  EXPECT_EQ(parse_quantity("4.1 us", error)->value, 4.1e-6);
}

struct Refusal {
  std::string_view text;
  std::string_view message;
  std::string_view suggestion;
};

TEST(ParseQuantity, NamesTheFaultAndWhatWouldBeRight) {
  const std::vector<Refusal> refusals{
      {"300 sec", "has an unknown unit \"sec\"", "write \"300 s\""},
      {"5 minutes", "has an unknown unit \"minutes\"", "write \"5 min\""},
      {"8 Gi", "has an unknown unit \"Gi\"", "write \"8 GiB\""},
      {"8 Gb", "has an unknown unit \"Gb\"", "write \"8 GB\""},
      {"8 gib", "has an unknown unit \"gib\"", "write \"8 GiB\""},
      {"10 Gbps", "has an unknown unit \"Gbps\"", "write \"10 Gbit/s\""},
      {"10 rps", "has an unknown unit \"rps\"", "write \"10 /s\""},
      {"0.5 USD/mnth", "has an unknown unit \"USD/mnth\"", "write \"0.5 USD/month\""},
      {"", "is empty", "write a number and its unit, such as \"300 ms\""},
      {"   ", "is empty", "write a number and its unit, such as \"300 ms\""},
      {"fast", "does not begin with a number", "write a number and its unit, such as \"300 ms\""},
      {"nan", "does not begin with a number", "write a number and its unit, such as \"300 ms\""},
      {"inf s", "does not begin with a number", "write a number and its unit, such as \"300 ms\""},
      {"-inf", "does not begin with a number", "write a number and its unit, such as \"300 ms\""},
      {"1e400", "is a number too large or too small to be held", ""},
      {"1e308 TB", "is a number too large or too small to be held", ""},
      {"1,000 ms", "has a separator inside its number", "write numbers as 1000000, 1e6 or 1.5"},
      {"1 000 ms", "has a separator inside its number", "write numbers as 1000000, 1e6 or 1.5"},
      {"1,5 h", "has a separator inside its number", "write numbers as 1000000, 1e6 or 1.5"},
      {"1.2.3 s", "has a separator inside its number", "write numbers as 1000000, 1e6 or 1.5"},
  };
  for (const Refusal& refusal : refusals) {
    QuantityError error;
    EXPECT_FALSE(parse_quantity(refusal.text, error)) << refusal.text;
    EXPECT_EQ(error.message, refusal.message) << refusal.text;
    EXPECT_EQ(error.suggestion, refusal.suggestion) << refusal.text;
  }
}

TEST(ParseQuantity, ListsTheUnitsWhenNoneIsNear) {
  QuantityError error;
  EXPECT_FALSE(parse_as(Dimension::time, "5 parsecs", error));
  EXPECT_EQ(error.suggestion, "units are year month week d h min s ms us ns");
}

TEST(ParseQuantity, CutsARunawayUnitInItsMessage) {
  QuantityError error;
  EXPECT_FALSE(parse_quantity("5 " + std::string(100000, 'x'), error));
  EXPECT_LT(error.message.size(), 200U);
}

struct CommaForThePoint final : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(ParseQuantity, DoesNotDependOnTheLocale) {
  const std::locale before = std::locale::global(std::locale{std::locale::classic(), new CommaForThePoint});
  QuantityError error;
  const auto quantity = parse_quantity("1500.25 s", error);
  const std::string text = to_text(1500.25, Dimension::time);
  std::locale::global(before);
  ASSERT_TRUE(quantity);
  EXPECT_EQ(quantity->value, 1500.25);
  EXPECT_EQ(text, "1500.25 s");
}

struct WrongDimension {
  Dimension wanted;
  std::string_view text;
  std::string_view message;
  std::string_view suggestion;
};

TEST(ParseAs, SaysWhatWouldBeRightForAnotherDimension) {
  const std::vector<WrongDimension> cases{
      {Dimension::time, "300", "needs a unit: a time is expected", "write \"300 s\""},
      {Dimension::bytes, "8", "needs a unit: a size in bytes is expected", "write \"8 MiB\""},
      {Dimension::rate, "50", "needs a unit: a rate is expected", "write \"50 /s\""},
      {Dimension::money, "5", "needs a unit: an amount of money is expected", "write \"5 USD\""},
      {Dimension::money_rate, "5", "needs a unit: money per time is expected", "write \"5 USD/month\""},
      {Dimension::bandwidth, "10", "needs a unit: a bandwidth is expected", "write \"10 Gbit/s\""},
      {Dimension::time, "8 GiB", "is a size in bytes, not a time", "write a time such as \"300 ms\""},
      {Dimension::money_rate, "5 USD", "is an amount of money, not money per time",
       "write money per time such as \"0.02 USD/month\""},
      {Dimension::ratio, "5 s", "is a time, not a share", "write a share such as \"70 %\""},
      {Dimension::count, "5 s", "has the unit \"s\" where a plain number is expected", "write \"5\""},
      {Dimension::count, "70 %", "has the unit \"%\" where a plain number is expected", "write \"70\""},
      {Dimension::time, "5 m", "has an unknown unit \"m\"", "write \"5 min\""},
      {Dimension::bytes, "5 m", "has an unknown unit \"m\"", "write \"5 MB\""},
      {Dimension::count, "500m", "has an unknown unit \"m\"", "write \"0.5\" where thousandths are meant"},
      {Dimension::time, "soon", "does not begin with a number", "write a time such as \"300 ms\""},
  };
  for (const WrongDimension& wrong : cases) {
    QuantityError error;
    EXPECT_FALSE(parse_as(wrong.wanted, wrong.text, error)) << wrong.text;
    EXPECT_EQ(error.message, wrong.message) << wrong.text;
    EXPECT_EQ(error.suggestion, wrong.suggestion) << wrong.text;
  }
}

TEST(ParseAs, TakesASharePlainOrInPercent) {
  QuantityError error;
  EXPECT_EQ(parse_as(Dimension::ratio, "70 %", error), 0.7);
  EXPECT_EQ(parse_as(Dimension::ratio, "0.7", error), 0.7);
  EXPECT_EQ(parse_as(Dimension::count, "1e6", error), 1e6);
}

TEST(QuantityText, ChoosesTheUnitAPersonWould) {
  EXPECT_EQ(to_text(0.3, Dimension::time), "300 ms");
  EXPECT_EQ(to_text(0.0015, Dimension::time), "1.5 ms");
  EXPECT_EQ(to_text(90, Dimension::time), "90 s");
  EXPECT_EQ(to_text(300, Dimension::time), "5 min");
  EXPECT_EQ(to_text(7200, Dimension::time), "2 h");
  EXPECT_EQ(to_text(1.25, Dimension::time), "1.25 s");
  EXPECT_EQ(to_text(0, Dimension::time), "0 s");
  EXPECT_EQ(to_text(-3, Dimension::time), "-3 s");
  EXPECT_EQ(to_text(1.5 * 1024 * 1024 * 1024, Dimension::bytes), "1.5 GiB");
  EXPECT_EQ(to_text(2e9, Dimension::bytes), "2 GB");
  EXPECT_EQ(to_text(0.7, Dimension::ratio), "70 %");
  EXPECT_EQ(to_text(0.07, Dimension::ratio), "7 %");
  EXPECT_EQ(to_text(50, Dimension::rate), "50 /s");
  EXPECT_EQ(to_text(333333, Dimension::rate), "333333 /s");
  EXPECT_EQ(to_text(0.05, Dimension::rate), "3 /min");
  EXPECT_EQ(to_text(0.384 / 3600, Dimension::money_rate), "0.384 USD/h");
  EXPECT_EQ(to_text(0.02 / 2592000, Dimension::money_rate), "0.02 USD/month");
  EXPECT_EQ(to_text(0.05, Dimension::money), "0.05 USD");
  EXPECT_EQ(to_text(1.25e9, Dimension::bandwidth), "10 Gbit/s");
  EXPECT_EQ(to_text(1000000, Dimension::count), "1000000");
}

TEST(QuantityText, SaysStrongTypes) {
  using namespace std::chrono_literals;
  EXPECT_EQ(to_text(Duration{300ms}), "300 ms");
  EXPECT_EQ(to_text(Bytes{1536 * 1024}), "1.5 MiB");
  EXPECT_EQ(to_text(Ratio{0.995}), "99.5 %");
  EXPECT_EQ(to_text(PerSecond{12.5}), "12.5 /s");
}

TEST(QuantityText, NamesWhatIsNotFinite) {
  EXPECT_EQ(to_text(std::numeric_limits<double>::infinity(), Dimension::time), "infinite");
  EXPECT_EQ(to_text(-std::numeric_limits<double>::infinity(), Dimension::bytes), "-infinite");
  EXPECT_EQ(to_text(std::nan(""), Dimension::count), "not a number");
}

TEST(QuantityText, ReadsBackToTheSameValue) {
  constexpr std::array dimensions{Dimension::count, Dimension::time,  Dimension::bytes,      Dimension::rate,
                                  Dimension::ratio, Dimension::money, Dimension::money_rate, Dimension::bandwidth};
  std::vector<double> values{0.0, -3.0, 1.0 / 3.0, 0.1 + 0.2, 1e-12, 1e18, 5e-324, 1.7e308};
  for (double value = 1e-9; value < 1e12; value *= 1.37) values.push_back(value);
  for (int tenths = 1; tenths < 500; ++tenths) values.push_back(tenths / 10.0);
  for (const Dimension dimension : dimensions) {
    for (const double value : values) {
      const std::string text = to_text(value, dimension);
      QuantityError error;
      const auto read = parse_as(dimension, text, error);
      ASSERT_TRUE(read) << text << " " << error.message;
      EXPECT_EQ(*read, value) << text;
    }
  }
}

TEST(EditDistance, CountsInsertionsDeletionsSubstitutionsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("target", "targt"), 1U);
  EXPECT_EQ(edit_distance("form", "from"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // optimal string alignment: 3, where the unrestricted distance is 2
}

TEST(NearestName, OffersOnlyALikelySlip) {
  const std::vector<std::string> names{"target", "tolerance", "replicas"};
  EXPECT_EQ(nearest_name("targt", names), "target");
  EXPECT_EQ(nearest_name("replica", names), "replicas");
  EXPECT_EQ(nearest_name("banana", names), "");
  const std::vector<std::string> short_names{"for"};
  EXPECT_EQ(nearest_name("now", short_names), "");
}

}  // namespace
}  // namespace headroom
