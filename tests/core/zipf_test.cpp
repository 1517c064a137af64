#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "sim/core/distribution.hpp"

namespace headroom {
namespace {

// Upper 0.1 % point of chi-square by Wilson and Hilferty, good to about 0.1 for 20 degrees of freedom and more.
double chi_square_limit(double degrees) {
  const double spread = 2.0 / (9.0 * degrees);
  return degrees * std::pow(1.0 - spread + 3.0902 * std::sqrt(spread), 3.0);
}

TEST(Zipf, DrawsRanksWithTheirProbabilities) {
  constexpr std::uint64_t items = 100;
  constexpr int draws = 200000;
  for (const double exponent : {0.0, 0.5, 0.99, 1.0, 1.01, 1.5}) {
    const Zipf zipf{items, exponent};
    RandomStream stream{21};
    std::vector<int> counts(items);
    for (int i = 0; i < draws; ++i) ++counts.at(zipf.sample(stream));
    double chi_square = 0.0;
    for (std::uint64_t rank = 0; rank < items; ++rank) {
      const double expected = draws * zipf.probability(rank);
      ASSERT_GT(expected, 5.0);
      chi_square += std::pow(counts[rank] - expected, 2.0) / expected;
    }
    EXPECT_LT(chi_square, chi_square_limit(items - 1)) << "exponent " << exponent;
  }
}

TEST(Zipf, NormalisesLikeTheSumTermByTerm) {
  constexpr std::uint64_t items = 1000000;
  for (const double exponent : {0.0, 0.3, 0.99, 1.0, 1.2, 2.5}) {
    double sum = 0.0;
    for (std::uint64_t k = items; k >= 1; --k) sum += std::pow(static_cast<double>(k), -exponent);
    EXPECT_NEAR(Zipf(items, exponent).probability(0) * sum, 1.0, 1e-11) << exponent;
    EXPECT_NEAR(Zipf(items, exponent).probability(9) * sum, std::pow(10.0, -exponent), 1e-11) << exponent;
  }
}

TEST(Zipf, DrawsFromAHundredMillionItemsInConstantMemory) {
  const Zipf zipf{100000000, 0.99};
  static_assert(sizeof(Zipf) <= 64, "a Zipf holds no table");
  // 1 / H(1e8, 0.99); H = 21.1... by zeta(0.99) + (1e8)^0.01 / 0.01 with zeta(0.99) = -99.42351...
  const double harmonic = -99.4235136 + std::pow(1e8, 0.01) / 0.01;
  EXPECT_NEAR(zipf.probability(0), 1.0 / harmonic, 1e-7);
  constexpr int draws = 1000000;
  RandomStream stream{22};
  int first = 0;
  int upper_half = 0;
  for (int i = 0; i < draws; ++i) {
    const std::uint64_t rank = zipf.sample(stream);
    ASSERT_LT(rank, zipf.items());
    first += rank == 0 ? 1 : 0;
    upper_half += rank >= zipf.items() / 2 ? 1 : 0;
  }
  const double p = zipf.probability(0);
  EXPECT_NEAR(static_cast<double>(first) / draws, p, 3.29 * std::sqrt(p * (1.0 - p) / draws));
  // The upper half by the integral of x^-0.99: (n^0.01 - (n/2)^0.01) / 0.01 / H.
  const double q = (std::pow(1e8, 0.01) - std::pow(5e7, 0.01)) / 0.01 / harmonic;
  EXPECT_NEAR(static_cast<double>(upper_half) / draws, q, 3.29 * std::sqrt(q * (1.0 - q) / draws));
}

TEST(Zipf, IsUniformForExponentZero) {
  const Zipf zipf{4, 0.0};
  for (std::uint64_t rank = 0; rank < 4; ++rank) EXPECT_DOUBLE_EQ(zipf.probability(rank), 0.25);
  EXPECT_EQ(zipf.probability(4), 0.0);
}

TEST(Zipf, DrawsTheOnlyItem) {
  RandomStream stream{1};
  const Zipf zipf;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(zipf.sample(stream), 0U);
}

TEST(Zipf, StaysInRangeForSteepAndVastPopularity) {
  RandomStream stream{2};
  const Zipf steep{1000, 40.0};
  const Zipf vast{std::uint64_t{1} << 53, 0.2};
  for (int i = 0; i < 10000; ++i) {
    EXPECT_EQ(steep.sample(stream), 0U);  // rank 1 has probability 2^-40
    EXPECT_LT(vast.sample(stream), vast.items());
  }
}

TEST(Zipf, RefusesParametersOutOfTheirRange) {
  EXPECT_THROW(Zipf(0, 1.0), std::invalid_argument);
  EXPECT_THROW(Zipf((std::uint64_t{1} << 53) + 1, 1.0), std::invalid_argument);
  EXPECT_THROW(Zipf(10, -0.1), std::invalid_argument);
  EXPECT_THROW(Zipf(10, std::nan("")), std::invalid_argument);
}

}  // namespace
}  // namespace headroom
