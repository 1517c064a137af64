#include "sim/core/graph.hpp"

#include <algorithm>

namespace headroom {
namespace {

constexpr std::uint32_t unseen = ~std::uint32_t{0};

struct Visit {
  std::uint32_t node;
  std::size_t next_edge = 0;
};

class Tarjan {
 public:
  explicit Tarjan(const Successors& successors)
      : successors_{successors},
        order_(successors.size(), unseen),
        lowest_(successors.size(), unseen),
        waits_(successors.size(), false) {}

  std::vector<std::vector<std::uint32_t>> components() {
    for (std::uint32_t node = 0; node < successors_.size(); ++node) {
      if (order_[node] == unseen) walk(node);
    }
    return std::move(components_);
  }

 private:
  void enter(std::uint32_t node) {
    order_[node] = lowest_[node] = entered_++;
    waiting_.push_back(node);
    waits_[node] = true;
    path_.push_back({node});
  }

  void walk(std::uint32_t start) {
    enter(start);
    while (!path_.empty()) {
      Visit& visit = path_.back();
      const std::uint32_t node = visit.node;
      if (visit.next_edge == successors_[node].size()) {
        leave(node);
        continue;
      }
      const std::uint32_t next = successors_[node][visit.next_edge++];
      if (order_[next] == unseen)
        enter(next);
      else if (waits_[next])
        lowest_[node] = std::min(lowest_[node], order_[next]);
    }
  }

  void leave(std::uint32_t node) {
    path_.pop_back();
    if (!path_.empty()) {
      std::uint32_t& before = lowest_[path_.back().node];
      before = std::min(before, lowest_[node]);
    }
    if (lowest_[node] != order_[node]) return;
    std::vector<std::uint32_t>& members = components_.emplace_back();
    do {
      members.push_back(waiting_.back());
      waits_[waiting_.back()] = false;
      waiting_.pop_back();
    } while (members.back() != node);
  }

  const Successors& successors_;
  std::vector<std::uint32_t> order_, lowest_, waiting_;
  std::vector<bool> waits_;
  std::vector<Visit> path_;
  std::uint32_t entered_ = 0;
  std::vector<std::vector<std::uint32_t>> components_;
};

std::vector<std::uint32_t> nodes_from(const std::vector<Visit>& path, std::uint32_t first) {
  std::vector<std::uint32_t> nodes;
  for (auto it = std::find_if(path.begin(), path.end(), [&](const Visit& visit) { return visit.node == first; });
       it != path.end(); ++it) {
    nodes.push_back(it->node);
  }
  return nodes;
}

}  // namespace

std::vector<ClosingEdge> closing_edges(const Successors& successors) {
  enum class Mark : std::uint8_t { unseen, on_path, left };
  std::vector<Mark> marks(successors.size(), Mark::unseen);
  std::vector<ClosingEdge> found;
  std::vector<Visit> path;
  const auto enter = [&](std::uint32_t node) {
    marks[node] = Mark::on_path;
    path.push_back({node});
  };
  for (std::uint32_t start = 0; start < successors.size(); ++start) {
    if (marks[start] == Mark::unseen) enter(start);
    while (!path.empty()) {
      const std::uint32_t node = path.back().node;
      if (path.back().next_edge == successors[node].size()) {
        marks[node] = Mark::left;
        path.pop_back();
        continue;
      }
      const std::size_t edge = path.back().next_edge++;
      const std::uint32_t next = successors[node][edge];
      if (marks[next] == Mark::on_path) found.push_back({nodes_from(path, next), edge});
      if (marks[next] == Mark::unseen) enter(next);
    }
  }
  return found;
}

std::vector<std::vector<std::uint32_t>> strong_components(const Successors& successors) {
  return Tarjan{successors}.components();
}

}  // namespace headroom
