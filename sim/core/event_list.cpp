#include "sim/core/event_list.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace headroom {

namespace {

constexpr std::size_t arity = 4;

// Of the children first … first+3, those below `end`. Which child is least is a coin toss, so full families are decided by
// arithmetic on the comparisons, not by branches.
template <class Key>
std::size_t least_child(const Key* keys, std::size_t first, std::size_t end) {
  if (first + arity <= end) {
    const std::size_t left = first + static_cast<std::size_t>(keys[first + 1] < keys[first]);
    const std::size_t right = first + 2 + static_cast<std::size_t>(keys[first + 3] < keys[first + 2]);
    return left + (right - left) * static_cast<std::size_t>(keys[right] < keys[left]);
  }
  std::size_t least = first;
  for (std::size_t child = first + 1; child < end; ++child) {
    if (keys[child] < keys[least]) least = child;
  }
  return least;
}

}  // namespace

void EventList::insert_heap(Key key) {
  if (!is_heap_) {
    // Sorted earliest first is a heap already.
    std::reverse(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(size_));
    is_heap_ = true;
  }
  std::size_t place = size_++;
  while (place > 0) {
    const std::size_t parent = (place - 1) / arity;
    if (keys_[parent] < key) break;
    keys_[place] = keys_[parent];
    place = parent;
  }
  keys_[place] = key;
}

EventList::Key EventList::pop_heap() {
  const Key top = keys_[0];
  const Key moved = keys_[--size_];
  std::size_t place = 0;
  for (;;) {
    const std::size_t first = place * arity + 1;
    if (first >= size_) break;
    const std::size_t least = least_child(keys_.data(), first, size_);
    if (moved < keys_[least]) break;
    keys_[place] = keys_[least];
    place = least;
  }
  keys_[place] = moved;
  if (size_ <= fewest_in_heap) {
    std::sort(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(size_), std::greater<>{});
    is_heap_ = false;
  }
  return top;
}

void EventList::grow() { keys_.resize(std::max<std::size_t>(most_sorted, 2 * keys_.size())); }

void EventList::refuse_sequence() { throw std::overflow_error{"more than 2^40 events in one run"}; }

}  // namespace headroom
