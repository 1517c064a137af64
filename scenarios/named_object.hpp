// The name by which an object in a list is addressed.
#pragma once

#include <string>

#include "sim/core/fields.hpp"

namespace headroom {

// What its field "name" says; empty if it has none.
inline std::string name_of(const ObjectAccess& object) {
  class NameOf final : public Visitor {
   public:
    void visit(const FieldInfo& info, FieldValue value) override {
      if (info.name != "name") return;
      if (const auto* text = std::get_if<std::string*>(&value)) name = **text;
      if (const auto* reference = std::get_if<Reference*>(&value)) name = (*reference)->name;
    }
    std::string name;
  };
  NameOf naming;
  Fields fields{naming};
  object.describe(object.object, fields);
  return naming.name;
}

}  // namespace headroom
