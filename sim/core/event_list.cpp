#include "sim/core/event_list.hpp"

#include <algorithm>
#include <stdexcept>

namespace headroom {

// The later half goes to the ladder.
void EventList::thin_out() {
  constexpr std::size_t leaving = EventLadder::most_in_front / 2;
  bound_ = EventLadder::upper(front_[leaving - 1]);
  // Those of one instant stay together: they all leave, or, when they are all of the nearer half, only what is later leaves and
  // what is added to their instant from now on waits behind them in the ladder.
  std::size_t first = leaving;
  while (first < in_front_ && EventLadder::upper(front_[first]) == bound_) ++first;
  if (first == in_front_) {
    first = 0;
    while (EventLadder::upper(front_[first]) > bound_) ++first;
  }
  for (std::size_t i = first; i-- > 0;) ladder_.add(front_[i]);
  std::copy(front_.begin() + static_cast<std::ptrdiff_t>(first), front_.begin() + static_cast<std::ptrdiff_t>(in_front_),
            front_.begin());
  in_front_ -= first;
}

void EventList::refuse_sequence() { throw std::overflow_error{"more than 2^40 events in one run"}; }

}  // namespace headroom
