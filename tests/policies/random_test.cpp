#include "sim/seams/balancer.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(Random, TakesEachReplicaEquallyOften) {
  const auto balancer = policy<Balancer>({{"policy", "random"}});
  RandomStream random{7};
  const std::vector<std::uint32_t> in_flight = {0, 50, 3, 3, 9};
  const int picks = 100'000;
  std::vector<double> times(in_flight.size());
  for (int i = 0; i < picks; ++i) times.at(balancer->pick(in_flight, random)) += 1;
  // Chi-square with 4 degrees of freedom: 18.47 is exceeded once in a thousand.
  const double expected = picks / 5.0;
  double chi_square = 0.0;
  for (const double observed : times) chi_square += (observed - expected) * (observed - expected) / expected;
  EXPECT_LT(chi_square, 18.47);
}

}  // namespace
}  // namespace headroom
