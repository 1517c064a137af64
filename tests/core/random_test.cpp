#include "sim/core/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace headroom {
namespace {

// The known answers published with Random123 for philox2x64-10: counter (low, high), key, result.
TEST(Philox, GivesThePublishedKnownAnswers) {
  using Pair = std::array<std::uint64_t, 2>;
  EXPECT_EQ(philox(0, 0, 0), (Pair{0xca00a0459843d731ULL, 0x66c24222c9a845b5ULL}));
  constexpr std::uint64_t ones = ~0ULL;
  EXPECT_EQ(philox(ones, ones, ones), (Pair{0x65b021d60cd8310fULL, 0x4d02f3222f86df20ULL}));
  EXPECT_EQ(philox(0xa4093822299f31d0ULL, 0x13198a2e03707344ULL, 0x243f6a8885a308d3ULL),
            (Pair{0x0a5e742c2997341cULL, 0xb0f883d38000de5dULL}));
}

// FNV-1a of "" is its offset basis and of "a" 0xaf63dc4c8601ec8c (Fowler, Noll and Vo's own test vectors).
TEST(HashText, IsMixedFnv1a) {
  EXPECT_EQ(hash_text(""), mix(0xcbf29ce484222325ULL));
  EXPECT_EQ(hash_text("a"), mix(0xaf63dc4c8601ec8cULL));
  EXPECT_EQ(hash_text("foobar"), mix(0x85944171f73967e8ULL));
  EXPECT_NE(hash_text("a", 1), hash_text("a", 2));
}

// splitmix64 with seed 0 begins e220a8397b1dcdaf (Vigna's reference implementation); mix(0) is its first output.
TEST(Mix, IsSplitmix64) { EXPECT_EQ(mix(0), 0xe220a8397b1dcdafULL); }

TEST(ToUnit, StaysInsideTheOpenInterval) {
  EXPECT_GT(to_unit(0), 0.0);
  EXPECT_LT(to_unit(~0ULL), 1.0);
}

TEST(RandomStream, RunsThroughTheBlocksOfItsKey) {
  RandomStream stream{42};
  for (std::uint64_t counter = 0; counter < 100; ++counter) {
    const auto pair = philox(42, 0, counter);
    EXPECT_EQ(stream.next(), pair[0]);
    EXPECT_EQ(stream.next(), pair[1]);
  }
}

TEST(RandomStream, CopiesItsPosition) {
  RandomStream stream{7};
  for (int i = 0; i < 45; ++i) stream.next();
  RandomStream copy = stream;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(copy.next(), stream.next());
}

TEST(RandomStream, BelowIsUniform) {
  RandomStream stream{3};
  constexpr std::uint64_t n = 10;
  constexpr int draws = 100000;
  std::array<int, n> counts{};
  for (int i = 0; i < draws; ++i) ++counts[stream.below(n)];
  double chi_square = 0.0;
  for (const int count : counts) chi_square += std::pow(count - draws / 10.0, 2) / (draws / 10.0);
  EXPECT_LT(chi_square, 27.88);  // 99.9 % of chi-square with 9 degrees of freedom
}

TEST(Draws, OfOneSubjectDoNotDependOnTheOrderOfSubjects) {
  std::vector<std::uint64_t> upwards;
  for (std::uint64_t subject = 0; subject < 50; ++subject) {
    Draws draws{99, subject};
    for (int i = 0; i < 5; ++i) upwards.push_back(draws.next());
  }
  for (std::uint64_t subject = 50; subject-- > 0;) {
    Draws draws{99, subject};
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(draws.next(), upwards[subject * 5 + i]);
  }
}

TEST(Draws, OfNeighbouringSubjectsAreUncorrelated) {
  constexpr int subjects = 100000;
  double previous = 0.0;
  double product = 0.0;
  for (int subject = 0; subject < subjects; ++subject) {
    Draws draws{5, static_cast<std::uint64_t>(subject)};
    const double centred = draws.uniform() - 0.5;
    product += centred * previous;
    previous = centred;
  }
  // Each product has mean 0 and standard deviation 1/12; 3.29 standard errors is 99.9 %.
  EXPECT_LT(std::fabs(product / subjects), 3.29 / 12.0 / std::sqrt(subjects));
}

TEST(RandomStreams, AddingANameMovesNoOther) {
  RandomStreams few{1, 0};
  RandomStreams many{1, 0};
  many.named("services/api/demand");
  RandomStream from_few = few.named("workloads/users/interarrival");
  RandomStream from_many = many.named("workloads/users/interarrival");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(from_few.next(), from_many.next());
}

TEST(RandomStreams, DifferBySeedReplicationAndName) {
  const std::uint64_t key = RandomStreams{1, 0}.key_of("a");
  EXPECT_NE(key, (RandomStreams{2, 0}.key_of("a")));
  EXPECT_NE(key, (RandomStreams{1, 1}.key_of("a")));
  EXPECT_NE(key, (RandomStreams{1, 0}.key_of("b")));
  EXPECT_NE((RandomStreams{1, 2}.key_of("a")), (RandomStreams{2, 1}.key_of("a")));
}

TEST(RandomStreams, RefuseANameTwice) {
  RandomStreams streams{1, 0};
  streams.named("a");
  EXPECT_THROW(streams.key_of("a"), std::logic_error);
  EXPECT_EQ(streams.names().size(), 1U);
}

// A change of this value changes every result of the program.
TEST(RandomStreams, KeepTheirKeysFromVersionToVersion) {
  RandomStreams streams{7, 3};
  EXPECT_EQ(streams.key_of("workloads/users/eu/interarrival"), 0x8488c9d5f58f4585ULL);
}

}  // namespace
}  // namespace headroom
