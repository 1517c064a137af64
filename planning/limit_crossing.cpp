// Where margins that fall with the load cross zero.
#include <algorithm>
#include <cmath>

#include "planning/limit.hpp"

namespace headroom {
namespace {

struct Block {
  double sum = 0.0, weight = 0.0;
  std::size_t count = 0;
  double mean() const { return sum / weight; }
};

// Pool adjacent violators: the falling sequence that is nearest to the margins in weighted least squares.
std::vector<double> falling(const std::vector<MarginAt>& margins) {
  std::vector<Block> blocks;
  for (const MarginAt& one : margins) {
    blocks.push_back({*one.margin * one.weight, one.weight, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() <= blocks.back().mean()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back().sum += last.sum;
      blocks.back().weight += last.weight;
      blocks.back().count += last.count;
    }
  }
  std::vector<double> fitted;
  for (const Block& block : blocks) fitted.insert(fitted.end(), block.count, block.mean());
  return fitted;
}

}  // namespace

std::optional<double> crossing_of(const std::vector<MarginAt>& margins) {
  const auto without = std::ranges::find_if(margins, [](const MarginAt& one) { return !one.margin; });
  const std::vector<MarginAt> known{margins.begin(), without};
  const std::vector<double> fitted = falling(known);
  const auto negative = std::ranges::find_if(fitted, [](double margin) { return margin < 0.0; });
  const auto place = static_cast<std::size_t>(negative - fitted.begin());
  if (place == 0) return std::nullopt;
  const double below = known[place - 1].load;
  if (negative != fitted.end())
    return below + (known[place].load - below) * fitted[place - 1] / (fitted[place - 1] - fitted[place]);
  if (without == margins.end()) return std::nullopt;
  return std::sqrt(below * without->load);
}

}  // namespace headroom
