#include "sim/experiment/command_output.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>

namespace headroom {
namespace {

TEST(CommandOutput, KeepsBothStreamsAndTheExitCode) {
  const CommandOutput output = output_of_command({"sh", "-c", "echo said; echo complained >&2; exit 3"});
  EXPECT_TRUE(output.found);
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_EQ(output.out, "said\n");
  EXPECT_EQ(output.err, "complained\n");
}

TEST(CommandOutput, IsReadWhileItGrowsBeyondAPipe) {
  const CommandOutput output = output_of_command({"sh", "-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"});
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_EQ(output.out.size(), 300000U);
  EXPECT_EQ(output.err.size(), 300000U);
}

TEST(CommandOutput, WordsReachTheProgramAsTheyAre) {
  EXPECT_EQ(output_of_command({"printf", "%s|", "a b", "$HOME", "'"}).out, "a b|$HOME|'|");
}

TEST(CommandOutput, AProgramThatIsNotThereIsNoError) { EXPECT_FALSE(output_of_command({"no-such-program-anywhere"}).found); }

TEST(CommandOutput, AKilledProgramHasTheCodeOfItsSignal) {
  EXPECT_EQ(output_of_command({"sh", "-c", "kill -9 $$"}).exit_code, 137);
}

TEST(CommandOutput, IsKilledWithAllItStartedWhenPatienceRunsOut) {
  const auto begin = std::chrono::steady_clock::now();
  const CommandOutput late = output_of_command({"sh", "-c", "echo said; sleep 100; echo late"}, {.seconds = 0.5});
  EXPECT_EQ(late.exit_code, 137);
  EXPECT_EQ(late.out, "said\n");
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  EXPECT_EQ(output_of_command({"sleep", "100"}, {.seconds = 100.0, .wake_descriptor = ends[0]}).exit_code, 137);
  EXPECT_EQ(output_of_command({"sh", "-c", "exit 3"}, {.seconds = 100.0}).exit_code, 3);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{50});
}

TEST(CommandOutput, StandsInAGroupOfItsOwn) {
  const CommandOutput output = output_of_command({"sh", "-c", "ps -o pgid= -p $$ 2>/dev/null || cut -d ' ' -f 5 /proc/$$/stat"});
  EXPECT_NE(std::stol(output.out), static_cast<long>(getpgrp()));
}

}  // namespace
}  // namespace headroom
