#include "sim/seams/balancer.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::string turns(Balancer& balancer, std::size_t replicas, int picks) {
  const std::vector<std::uint32_t> idle(replicas, 0);
  RandomStream random;
  std::string names;
  for (int i = 0; i < picks; ++i) names += static_cast<char>('a' + balancer.pick(idle, random));
  return names;
}

TEST(Weighted,
     SpreadsTurnsAsNginxSays) {  // the message of nginx's commit 52327e0627f4: { 5, 1, 1 } gives { a, a, b, a, c, a, a }
  EXPECT_EQ(turns(*policy<Balancer>({{"policy", "weighted"}, {"weights", {5, 1, 1}}}), 3, 14), "aabacaaaabacaa");
}

TEST(Weighted, WithoutWeightsIsRoundRobin) { EXPECT_EQ(turns(*policy<Balancer>({{"policy", "weighted"}}), 3, 7), "abcabca"); }

TEST(Weighted, WeightsBeginAgainForFurtherReplicas) {
  const auto balancer = policy<Balancer>({{"policy", "weighted"}, {"weights", {2, 1}}});
  const std::string all = turns(*balancer, 4, 600);  // weights 2, 1, 2, 1: 100 rounds of six
  EXPECT_EQ(std::ranges::count(all, 'a'), 200);
  EXPECT_EQ(std::ranges::count(all, 'b'), 100);
  EXPECT_EQ(std::ranges::count(all, 'c'), 200);
  EXPECT_EQ(std::ranges::count(all, 'd'), 100);
}

TEST(Weighted, StartsAnewWhenReplicasComeOrGo) {
  const auto balancer = policy<Balancer>({{"policy", "weighted"}, {"weights", {1, 3}}});
  EXPECT_EQ(turns(*balancer, 2, 3), "bab");  // 1 3; pays 4: 1 -1, then 2 2 (the first of equals), then -1 5
  EXPECT_EQ(turns(*balancer, 1, 2), "aa");
  EXPECT_EQ(turns(*balancer, 2, 3), "bab");
}

}  // namespace
}  // namespace headroom
