// How far the engine last was from values that are known exactly: ten replications of a small system through all of the program.
//
// tests/theory/measured_errors_test.cpp makes the runs again and asks for these very numbers, so that what reports say is what is.
#pragma once

#include <array>
#include <string_view>

namespace headroom {

struct MeasuredError {
  std::string_view system;    // its name in the test
  std::string_view quantity;  // "mean wait for a slot, 4 servers 80 % busy"
  std::string_view oracle;    // "Erlang C"
  double known = 0.0;         // seconds, or a share
  double measured = 0.0;      // mean of ten replications
  double half_width = 0.0;    // of its 95 % interval
  double error() const { return measured / known - 1.0; }
};

inline constexpr std::array<MeasuredError, 9> measured_errors{{
    {"slots", "mean wait for a slot, 4 servers 80 % busy", "Erlang C", 0.74554059, 0.7443571, 0.0164},
    {"shared core", "mean time at a core that is shared, 70 % busy", "M/G/1 processor sharing", 3.33333333, 3.33828378, 0.0369},
    {"backlog", "share refused, 2 servers and 3 places", "M/M/2/5", 0.102744193, 0.102738393, 0.00106},
    {"patience", "share that gives up waiting, 2 servers", "Erlang A", 0.10975856, 0.109664302, 0.000831},
    {"workers", "mean time from publishing to done, 2 workers 80 % busy", "Erlang C", 2.77777778, 2.77836182, 0.0366},
    {"connections", "mean wait for a connection, pool of 2, 80 % busy", "Erlang C", 1.77777778, 1.7835912, 0.0349},
    {"population", "mean answer time, 10 members who think", "machine repair", 2.32510916, 2.32416138, 0.00917},
    {"lru", "hit ratio, 300 of 3,000 objects by Zipf(0.9)", "Che's approximation", 0.519721792, 0.519954708, 0.00106},
    {"random balancing", "mean time at one of 4 replicas, 70 % busy", "M/M/1", 3.33333333, 3.31521734, 0.0279},
}};

}  // namespace headroom
