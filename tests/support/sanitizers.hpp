// How much of a heavy test is run under sanitizers: they make it five to ten times as slow, and look at the same lines again.
#pragma once

namespace headroom::test {

#ifdef HEADROOM_SANITIZE
inline constexpr bool under_sanitizers = true;
#else
inline constexpr bool under_sanitizers = false;
#endif

// Of `all` repetitions (seeds, requests) a quarter under sanitizers.
template <typename Count>
constexpr Count repetitions(Count all) {
  return under_sanitizers ? all / 4 : all;
}

}  // namespace headroom::test
