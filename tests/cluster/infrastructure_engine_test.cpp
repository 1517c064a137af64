#include <gtest/gtest.h>

#include <simgrid/Exception.hpp>

#include "sim/cluster/network.hpp"
#include "sim/cluster/simulation.hpp"
#include "sim/cluster/simulation_engine.hpp"

namespace headroom {
namespace {

using namespace std::chrono_literals;

SimTime at(Duration since_start) { return SimTime{since_start}; }

struct Machine {
  SimulationEngine engine{"CM02", at(1h)};
  Network network{NetworkBlueprint{}, {}};
  void start(const std::string& name, TurnOrder order, SimulationEngine::Body body) {
    engine.start_main_actor(name, network.control(), order, std::move(body));
  }
};

TEST(SimulationEngine, AdvancesBeforeAnyActorActsAtAnInstant) {
  Machine machine;
  SimTime advanced_to{};
  std::vector<SimTime> advances;
  machine.engine.on_advance([&](SimTime now) {
    advances.push_back(now);
    advanced_to = now;
  });
  for (const Duration period : {Duration{700ms}, Duration{1s}, Duration{333333333ns}}) {
    machine.start("ticker", {}, [&, period](ActorClock& clock) {
      for (int tick = 1; tick <= 1000; ++tick) {
        clock.sleep_until(at(tick * period));
        EXPECT_EQ(advanced_to, at(tick * period));
        EXPECT_EQ(clock.now(), at(tick * period));
      }
    });
  }
  machine.engine.run();
  EXPECT_TRUE(std::is_sorted(advances.begin(), advances.end()));
  EXPECT_EQ(std::adjacent_find(advances.begin(), advances.end()), advances.end());
}

TEST(SimulationEngine, TakesTurnsInOneOrderWhateverTheOrderOfCreation) {
  Machine machine;
  std::vector<std::uint64_t> order;
  for (const std::uint64_t number : {3, 0, 4, 1, 5, 2}) {
    machine.start("actor", {Turn::pods, number}, [&, number](ActorClock& clock) {
      clock.sleep_for(Duration{1s} * (number + 1));
      clock.sleep_until(at(20s));
      order.push_back(number);
      clock.sleep_until(at(30s));
      order.push_back(10 + number);
    });
  }
  machine.start("recording", {Turn::recording, 99}, [&](ActorClock& clock) {
    clock.sleep_until(at(20s));
    order.push_back(99);
  });
  machine.engine.run();
  EXPECT_EQ(order, (std::vector<std::uint64_t>{99, 0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15}));
}

TEST(SimulationEngine, ATurnIsOneWholeEvenWhenItCallsIntoTheEngine) {
  Machine machine;
  std::vector<std::string> order;
  for (const std::uint64_t number : {1, 0}) {
    machine.start("actor", {Turn::autoscaling, number}, [&, number](ActorClock& clock) {
      clock.sleep_until(at(5s));
      order.push_back("begin " + std::to_string(number));
      for (int i = 0; i < 10; ++i) simgrid::s4u::this_actor::yield();
      order.push_back("end " + std::to_string(number));
    });
  }
  machine.engine.run();
  EXPECT_EQ(order, (std::vector<std::string>{"begin 0", "end 0", "begin 1", "end 1"}));
}

TEST(SimulationEngine, AnActorThatIsStartedInATurnBeginsAfterIt) {
  Machine machine;
  std::vector<std::string> order;
  machine.start("autoscaler", {Turn::autoscaling, 0}, [&](ActorClock& clock) {
    clock.sleep_until(at(5s));
    // A pod's turn comes before an autoscaler's, but not in the middle of one.
    machine.start("pod", {Turn::pods, 0}, [&](ActorClock& its_clock) {
      order.push_back("pod");
      EXPECT_EQ(its_clock.now(), at(5s));
    });
    for (int i = 0; i < 10; ++i) simgrid::s4u::this_actor::yield();
    order.push_back("autoscaler done");
  });
  machine.start("another autoscaler", {Turn::autoscaling, 1}, [&](ActorClock& clock) {
    clock.sleep_until(at(5s));
    order.push_back("another autoscaler");
  });
  machine.engine.run();
  EXPECT_EQ(order, (std::vector<std::string>{"autoscaler done", "pod", "another autoscaler"}));
}

TEST(SimulationEngine, EndingAnActorThatIsAsleepHoldsUpNobody) {
  Machine machine;
  bool first_went_on = false;
  bool second_acted = false;
  ActorHandle first = machine.engine.start_actor("first", machine.network.control(), {Turn::pods, 0}, [&](ActorClock& clock) {
    clock.sleep_until(at(5s));
    first_went_on = true;
  });
  machine.start("second", {Turn::pods, 1}, [&](ActorClock& clock) {
    clock.sleep_until(at(5s));
    second_acted = true;
  });
  machine.start("killer", {Turn::recording, 0}, [&](ActorClock& clock) {
    clock.sleep_until(at(5s));
    machine.engine.end_actor(first);
  });
  machine.engine.run();
  EXPECT_FALSE(first_went_on);
  EXPECT_TRUE(second_acted);
}

TEST(SimulationEngine, AnExceptionInAnActorComesOutOfTheRun) {
  Machine machine;
  bool other_went_on = false;
  machine.start("bystander", {}, [&](ActorClock& clock) {
    clock.sleep_until(at(20s));
    other_went_on = true;
  });
  machine.start("thrower", {}, [](ActorClock& clock) {
    clock.sleep_until(at(10s));
    throw std::domain_error{"the policy divided by zero"};
  });
  EXPECT_THROW(
      {
        try {
          machine.engine.run();
        } catch (const std::domain_error& error) {
          EXPECT_STREQ(error.what(), "the policy divided by zero");
          throw;
        }
      },
      std::domain_error);
  EXPECT_FALSE(other_went_on);
}

TEST(SimulationEngine, AnExceptionWhileAdvancingComesOutOfTheRun) {
  Machine machine;
  machine.engine.on_advance([](SimTime now) {
    if (now >= at(3s)) throw std::range_error{"the plane is broken"};
  });
  machine.start("ticker", {}, [](ActorClock& clock) {
    for (int i = 0; i < 10; ++i) clock.sleep_for(1s);
  });
  EXPECT_THROW(machine.engine.run(), std::range_error);
}

TEST(SimulationEngine, ADeadlockIsAnIncompleteRun) {
  Machine machine;
  machine.start("stuck", {}, [](ActorClock& clock) {
    clock.sleep_for(4s);
    clock.finish_turn();
    simgrid::s4u::Mailbox::by_name("nobody writes here")->get<int>();
  });
  try {
    machine.engine.run();
    FAIL() << "the run returned";
  } catch (const IncompleteRun& error) {
    EXPECT_NE(std::string{error.what()}.find("stopped at 4 s"), std::string::npos) << error.what();
    EXPECT_NE(std::string{error.what()}.find("deadlock"), std::string::npos);
  }
}

TEST(SimulationEngine, AnErrorOfSimGridIsAnIncompleteRun) {
  Machine machine;
  machine.start("sender", {}, [](ActorClock&) { throw simgrid::NetworkFailureException{XBT_THROW_POINT, "the link is gone"}; });
  EXPECT_THROW(machine.engine.run(), IncompleteRun);
}

TEST(SimulationEngine, ASecondEngineInAProcessIsRefused) {
  { const SimulationEngine first{"CM02", at(1s)}; }
  EXPECT_THROW((SimulationEngine{"CM02", at(1s)}), std::logic_error);
}

TEST(SimulationEngine, AnUnknownNetworkModelIsRefused) {
  EXPECT_THROW((SimulationEngine{"CM20", at(1s)}), std::invalid_argument);
}

TEST(SimulationEngine, TenThousandActorsWakeAtOneInstantInOrder) {
  Machine machine;
  std::uint64_t next = 0;
  bool in_order = true;
  for (std::uint64_t number = 10000; number-- > 0;) {
    machine.start("pod", {Turn::pods, number}, [&, number](ActorClock& clock) {
      clock.sleep_until(at(5s));
      in_order = in_order && number == next++;
    });
  }
  machine.engine.run();
  EXPECT_TRUE(in_order);
  EXPECT_EQ(next, 10000U);
}

}  // namespace
}  // namespace headroom
