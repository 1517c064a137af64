#include "conformance/option_defaults.hpp"

#include <map>
#include <stdexcept>
#include <string>

#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom::conformance {
namespace {

class Defaults final : public Visitor {
 public:
  explicit Defaults(std::string below = {}) : below_{std::move(below)} {}
  void visit(const FieldInfo& info, FieldValue value) override {
    path_ = below_ + std::string{info.name};
    ranges[path_] = info.range;
    Json told = std::visit(*this, value);
    if (!told.is_discarded()) all[std::string{info.name}] = std::move(told);
  }

  Json operator()(bool* value) { return *value; }
  Json operator()(int* value) { return *value; }
  Json operator()(std::int64_t* value) { return *value; }
  Json operator()(double* value) { return *value; }
  Json operator()(std::string* value) { return *value; }
  Json operator()(Reference* value) { return value->name; }
  Json operator()(Ratio* value) { return value->value; }
  Json operator()(PerSecond* value) { return value->value; }
  Json operator()(Duration* value) { return to_seconds(*value); }
  Json operator()(Bytes* value) { return value->count; }
  Json operator()(IntegerRange* value) { return {value->low, value->high}; }
  Json operator()(const ObjectAccess& value) {
    Defaults nested{path_ + "/"};
    Fields fields{nested};
    value.describe(value.object, fields);
    ranges.insert(nested.ranges.begin(), nested.ranges.end());
    return nested.all;
  }
  Json operator()(const std::shared_ptr<OptionalAccess>& value) {
    if (value->has_value()) return std::visit(*this, value->get());
    FieldValue prototype = value->prototype();
    if (std::holds_alternative<ObjectAccess>(prototype)) return std::visit(*this, prototype);
    return nullptr;
  }
  Json operator()(const std::shared_ptr<ListAccess>& value) {
    const std::string path = path_;
    Json list = Json::array();
    std::visit(*this, value->prototype());  // for its ranges
    for (std::size_t i = 0; i < value->size(); ++i) {
      path_ = path;
      list.push_back(std::visit(*this, value->at(i)));
    }
    return list;
  }
  template <class Other>
  Json operator()(const Other&) {
    return Json(Json::value_t::discarded);
  }

  Json all = Json::object();
  std::map<std::string, Range, std::less<>> ranges;

 private:
  std::string below_, path_;
};

}  // namespace

Json defaults_of(AnyOptions& options) {
  Defaults defaults;
  Fields fields{defaults};
  options.describe(fields);
  return defaults.all;
}

Range range_of(AnyOptions& options, std::string_view path) {
  Defaults defaults;
  Fields fields{defaults};
  options.describe(fields);
  const auto found = defaults.ranges.find(path);
  if (found == defaults.ranges.end()) throw std::invalid_argument{"no option " + std::string{path}};
  return found->second;
}

}  // namespace headroom::conformance
