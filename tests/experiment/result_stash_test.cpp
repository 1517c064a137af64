#include "sim/experiment/result_stash.hpp"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(ResultStash, GivesBackWhatWasPutThereAsOftenAsAsked) {
  ResultStash stash;
  const std::vector<std::uint8_t> first{1, 2, 3}, none, large(300'000, 7);
  EXPECT_EQ(stash.put(first), 0U);
  EXPECT_EQ(stash.put(none), 1U);
  EXPECT_EQ(stash.put(large), 2U);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(stash.get(2), large);
    EXPECT_EQ(stash.get(0), first);
    EXPECT_EQ(stash.get(1), none);
  }
  EXPECT_EQ(stash.size(), 3U);
}

TEST(ResultStash, RefusesAPlaceThatItNeverGave) {
  ResultStash stash;
  EXPECT_THROW(stash.get(0), std::out_of_range);
}

}  // namespace
}  // namespace headroom
