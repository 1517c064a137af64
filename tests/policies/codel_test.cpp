#include <cmath>
#include <optional>
#include <vector>

#include "policies/admission/codel_law.hpp"
#include "sim/seams/admission_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr Duration millisecond = std::chrono::milliseconds{1};
SimTime at(double milliseconds) { return SimTime{Duration{std::llround(milliseconds * 1e6)}}; }

// The pseudo-code of RFC 8289, section 5, as it stands there, over packets of one size in a line of arrival times; zero stands
// for no time.
class PseudoCode {
 public:
  PseudoCode(double target, double interval) : target_{target}, interval_{interval} {}
  std::vector<double> line;     // arrival times of those that wait, oldest first
  std::vector<double> dropped;  // when one was dropped

  std::optional<double> deque(double now) {
    Result r = dodeque(now);
    if (dropping_) {
      if (!r.ok_to_drop) dropping_ = false;
      while (now >= drop_next_ && dropping_) {
        dropped.push_back(now);
        ++count_;
        r = dodeque(now);
        if (!r.ok_to_drop)
          dropping_ = false;
        else
          drop_next_ = control_law(drop_next_, count_);
      }
    } else if (r.ok_to_drop) {
      dropped.push_back(now);
      r = dodeque(now);
      dropping_ = true;
      const unsigned delta = count_ - lastcount_;
      count_ = 1;
      if (delta > 1 && now - drop_next_ < 16 * interval_) count_ = delta;
      drop_next_ = control_law(now, count_);
      lastcount_ = count_;
    }
    return r.p;
  }

 private:
  struct Result {
    std::optional<double> p;
    bool ok_to_drop = false;
  };
  Result dodeque(double now) {
    if (line.empty()) {
      first_above_time_ = 0;
      return {};
    }
    Result r{line.front()};
    line.erase(line.begin());
    if (now - *r.p < target_ || line.size() <= 1) {
      first_above_time_ = 0;
    } else if (first_above_time_ == 0) {
      first_above_time_ = now + interval_;
    } else if (now >= first_above_time_) {
      r.ok_to_drop = true;
    }
    return r;
  }
  double control_law(double t, unsigned count) const { return t + interval_ / std::sqrt(count); }

  double target_, interval_, first_above_time_ = 0, drop_next_ = 0;
  unsigned count_ = 0, lastcount_ = 0;
  bool dropping_ = false;
};

// A request each 10 ms has waited 50 ms, with plenty behind. Above the target since 0: the first is dropped at 100 ms and the
// next served with it, the second is due 100 / sqrt(1) ms later, then after 100 / sqrt(2) = 70.7, 57.7, 50, … ms: at 200, 270.7,
// 328.4, 378.4, so with the turns at 200, 280, 330, 380 ms.
TEST(Codel, DropsEverMoreOftenByTheSquareRoot) {
  CodelLaw law{5 * millisecond, 100 * millisecond};
  std::vector<int> drops;
  for (int turn = 0; turn <= 400; turn += 10) {
    while (law.drops(at(turn), 50 * millisecond, 100)) drops.push_back(turn);
  }
  EXPECT_EQ(drops, (std::vector<int>{100, 200, 280, 330, 380}));
  EXPECT_EQ(law.count(), 5U);
  EXPECT_NEAR(
      static_cast<double>(law.drop_next().time_since_epoch().count()) / 1e6,
      100.0 + 100.0 / std::sqrt(1) + 100.0 / std::sqrt(2) + 100.0 / std::sqrt(3) + 100.0 / std::sqrt(4) + 100.0 / std::sqrt(5),
      1e-4);
}

TEST(Codel, LeavesAWaitBelowTheTargetOrAShortLineAlone) {
  CodelLaw law{5 * millisecond, 100 * millisecond};
  for (int turn = 0; turn < 1000; turn += 10) {
    EXPECT_FALSE(law.drops(at(turn), 5 * millisecond - Duration{1}, 100));
    EXPECT_FALSE(law.drops(at(turn), 500 * millisecond, 1));
  }
}

// One short wait within the interval, and the interval begins anew.
TEST(Codel, WantsAWholeIntervalAboveTheTarget) {
  CodelLaw law{5 * millisecond, 100 * millisecond};
  EXPECT_FALSE(law.drops(at(0), 50 * millisecond, 100));
  EXPECT_FALSE(law.drops(at(90), millisecond, 100));
  EXPECT_FALSE(law.drops(at(100), 50 * millisecond, 100));
  EXPECT_FALSE(law.drops(at(199), 50 * millisecond, 100));
  EXPECT_TRUE(law.drops(at(200), 50 * millisecond, 100));
  EXPECT_FALSE(law.drops(at(200), 50 * millisecond, 100));  // the next is served, whatever it waited
}

// Five drops, then a short wait. Above the target again soon, the count goes on from the 5 - 1 of the last time; after 16
// intervals it starts at 1.
TEST(Codel, GoesOnWhereItLeftOffIfThatWasNotLongAgo) {
  for (const int pause : {500, 2000}) {
    CodelLaw law{5 * millisecond, 100 * millisecond};
    for (int turn = 0; turn <= 400; turn += 10) {
      while (law.drops(at(turn), 50 * millisecond, 100)) continue;
    }
    EXPECT_FALSE(law.drops(at(410), millisecond, 100));
    EXPECT_FALSE(law.dropping());
    EXPECT_FALSE(law.drops(at(410 + pause), 50 * millisecond, 100));
    EXPECT_TRUE(law.drops(at(510 + pause), 50 * millisecond, 100));
    EXPECT_EQ(law.count(), pause == 500 ? 4U : 1U);
  }
}

// A line that fills and drains by a fixed rule, through both: the same are dropped at the same turns.
TEST(Codel, IsThePseudoCodeOfTheRfc) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "codel"}});
  PseudoCode reference{5.0, 100.0};
  std::vector<double> line, dropped;
  std::uint64_t state = 1;
  std::size_t served = 0;
  double next_arrival = 0.1337;  // no wait is exactly the target: rounding may go either way there
  for (double now = 1.0; now < 60'000.0; now += 1.0) {
    const double gap = std::fmod(now, 4000.0) < 2000.0 ? 0.9 : 1.15;  // too many for 2 s, then too few
    for (; next_arrival <= now; next_arrival += gap) {
      line.push_back(next_arrival);
      reference.line.push_back(next_arrival);
    }
    state = state * 6'364'136'223'846'793'005ULL + 1;
    if (state >> 63U) next_arrival += 0.05;
    const auto expected = reference.deque(now);
    std::optional<double> got;
    while (!line.empty() && !got) {
      const double came = line.front();
      line.erase(line.begin());
      const AdmissionView view{.now = at(now), .waiting = static_cast<std::uint32_t>(line.size())};
      if (policy->serves(view, at(now) - at(came)))
        got = came;
      else
        dropped.push_back(now);
    }
    if (!expected && !got) {
      EXPECT_TRUE(policy->serves({.now = at(now)}, Duration{}));
    }
    ASSERT_EQ(got, expected) << "at " << now << " ms";
    served += got.has_value();
  }
  EXPECT_EQ(dropped, reference.dropped);
  EXPECT_GT(dropped.size(), 100U);
  EXPECT_GT(served, 50'000U);
}

}  // namespace
}  // namespace headroom
