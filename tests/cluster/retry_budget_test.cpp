// Retry budgets: the examples of Finagle's documentation, and the expiry of what calls have put in.
#include <gtest/gtest.h>

#include "sim/cluster/retry_budget.hpp"

namespace headroom::test {
namespace {

RetryBudget budget_of(double share, double least, int seconds) {
  return RetryBudget{{.share = share, .least = least, .window = std::chrono::seconds{seconds}}, start_of_time};
}

// "As an example, if 0.1 is used, then for every 10 calls to deposit(), 1 retry will be allowed."
TEST(RetryBudget, ATenthOfTheCallsMayBeRetried) {
  RetryBudget budget = budget_of(0.1, 0, 10);
  for (int call = 0; call < 9; ++call) budget.deposit(start_of_time);
  EXPECT_FALSE(budget.try_withdraw(start_of_time));
  budget.deposit(start_of_time);
  EXPECT_EQ(budget.balance(start_of_time), 1);
  EXPECT_TRUE(budget.try_withdraw(start_of_time));
  EXPECT_FALSE(budget.try_withdraw(start_of_time));
}

// "If 2.0 is used then every deposit allows for 2 retries."
TEST(RetryBudget, AShareOfTwoAllowsForTwoRetriesOfEach) {
  RetryBudget budget = budget_of(2.0, 0, 10);
  budget.deposit(start_of_time);
  EXPECT_TRUE(budget.try_withdraw(start_of_time));
  EXPECT_TRUE(budget.try_withdraw(start_of_time));
  EXPECT_FALSE(budget.try_withdraw(start_of_time));
}

// 3 per second of 2 s: a reserve of 6 retries of each window, whatever the number of calls. What was taken comes back when the
// tenth of the window in which it was taken is out of it.
TEST(RetryBudget, TheReserveComesBackWithTime) {
  for (const double share : {0.0, 0.5}) {
    RetryBudget budget = budget_of(share, 3.0, 2);
    for (int retry = 0; retry < 6; ++retry) EXPECT_TRUE(budget.try_withdraw(at_seconds(0.1)));
    EXPECT_FALSE(budget.try_withdraw(at_seconds(0.1)));
    EXPECT_FALSE(budget.try_withdraw(at_seconds(1.9)));
    EXPECT_EQ(budget.balance(at_seconds(2.1)), 6);
  }
}

// Slices of 0.1 s: 10 calls in each of the first two; 1.0 s after the first slice its calls are forgotten.
TEST(RetryBudget, CallsCountForOneWindow) {
  RetryBudget budget = budget_of(0.2, 0, 1);
  for (int call = 0; call < 10; ++call) budget.deposit(at_seconds(0.0));
  for (int call = 0; call < 10; ++call) budget.deposit(at_seconds(0.1));
  EXPECT_EQ(budget.balance(at_seconds(0.1)), 4);
  EXPECT_EQ(budget.balance(at_seconds(0.999)), 4);
  EXPECT_EQ(budget.balance(at_seconds(5.0)), 0);
}

}  // namespace
}  // namespace headroom::test
