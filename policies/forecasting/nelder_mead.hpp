// The downhill simplex: a minimum of a function of a few variables, without derivatives.
//
// Source: Nelder and Mead, A simplex method for function minimization (1965); reflection 1, expansion 2, contraction and
// shrinkage 1/2.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace headroom {

struct SimplexLimits {
  double first_step = 1.0;
  double tolerance = 1e-8;  // of the values at the corners, relative to the best
  int most_calls = 400;
};

template <class Function>
class NelderMead {
 public:
  using Point = std::vector<double>;

  NelderMead(const Function& function, const Point& start, SimplexLimits limits) : function_{function}, limits_{limits} {
    corners_.push_back(corner_at(start));
    for (std::size_t i = 0; i < start.size(); ++i) {
      Point point = start;
      point[i] += limits.first_step;
      corners_.push_back(corner_at(std::move(point)));
    }
  }

  Point minimize() {
    sort();
    while (calls_ < limits_.most_calls && !is_flat()) {
      improve_worst();
      sort();
    }
    return corners_.front().point;
  }

 private:
  struct Corner {
    Point point;
    double value;
  };

  Corner corner_at(Point point) {
    ++calls_;
    const double value = function_(point);
    return {std::move(point), value};
  }
  void sort() { std::ranges::stable_sort(corners_, {}, &Corner::value); }
  bool is_flat() const {
    const double spread = corners_.back().value - corners_.front().value;
    return spread <= limits_.tolerance * std::abs(corners_.front().value);
  }
  // On the line from the worst corner through the middle of the others: 1 is its mirror image, 0 the middle.
  Corner on_line(double distance) {
    Point point = corners_.back().point;
    for (std::size_t i = 0; i < point.size(); ++i) {
      double middle = 0.0;
      for (std::size_t corner = 0; corner + 1 < corners_.size(); ++corner) middle += corners_[corner].point[i];
      middle /= static_cast<double>(corners_.size() - 1);
      point[i] = middle + distance * (middle - point[i]);
    }
    return corner_at(std::move(point));
  }
  void improve_worst() {
    Corner& worst = corners_.back();
    Corner mirrored = on_line(1.0);
    if (mirrored.value < corners_.front().value) {
      Corner farther = on_line(2.0);
      worst = farther.value < mirrored.value ? std::move(farther) : std::move(mirrored);
    } else if (mirrored.value < corners_[corners_.size() - 2].value) {
      worst = std::move(mirrored);
    } else {
      Corner nearer = on_line(mirrored.value < worst.value ? 0.5 : -0.5);
      if (nearer.value < std::min(mirrored.value, worst.value))
        worst = std::move(nearer);
      else
        shrink();
    }
  }
  void shrink() {
    for (std::size_t corner = 1; corner < corners_.size(); ++corner) {
      Point point = corners_[corner].point;
      for (std::size_t i = 0; i < point.size(); ++i) point[i] = 0.5 * (point[i] + corners_.front().point[i]);
      corners_[corner] = corner_at(std::move(point));
    }
  }

  const Function& function_;
  SimplexLimits limits_;
  std::vector<Corner> corners_;  // best first
  int calls_ = 0;
};

}  // namespace headroom
