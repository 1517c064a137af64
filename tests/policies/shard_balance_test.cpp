#include "sim/seams/shard_balance.hpp"

#include <gtest/gtest.h>

namespace headroom {
namespace {

class Halves final : public ShardMap {
 public:
  explicit Halves(std::uint64_t border) : border_{border} {}
  std::uint32_t shard_of(std::uint64_t key) const override { return key < border_ ? 0 : 1; }

 private:
  std::uint64_t border_;
};

TEST(ShardBalance, IsTheLargestOverTheMeanAndTheCoefficientOfVariation) {
  const ShardBalance balance = balance_of(std::vector<double>{1.0, 2.0, 3.0});  // mean 2, variance 2/3
  EXPECT_NEAR(balance.largest_over_mean, 1.5, 1e-12);
  EXPECT_NEAR(balance.variation, std::sqrt(2.0 / 3.0) / 2.0, 1e-12);
  EXPECT_EQ(balance_of(std::vector<double>{0.0, 0.0}).largest_over_mean, 1.0);
  EXPECT_EQ(balance_of({}).variation, 0.0);
}

TEST(ShardBalance, CountsTheKeysThatMove) {
  EXPECT_NEAR(moved_share(Halves{5}, Halves{8}, 10), 0.3, 1e-12);
  EXPECT_EQ(moved_share(Halves{5}, Halves{5}, 10), 0.0);
  EXPECT_EQ(moved_share(Halves{5}, Halves{8}, 0), 0.0);
}

TEST(ShardBalance, AddsUpTheLoadsOfKeys) {
  EXPECT_EQ(shard_loads(Halves{2}, 2, std::vector<double>{4.0, 2.0, 1.0}, true), (std::vector<double>{6.0, 1.0}));
}

}  // namespace
}  // namespace headroom
