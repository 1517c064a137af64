// Implementations by name. A policy or model registers itself under the name that scenarios use, from an anonymous namespace,
// with the type of its Options; `headroom policies`, the schema and the reader all ask here.
//
//   const bool offered = offer<Autoscaler, Hpa>("hpa", "Kubernetes Horizontal Pod Autoscaler");
//
// The interface (the seam) says its name and what an implementation is given when it is made:
//   static constexpr std::string_view seam = "autoscaling"; static constexpr std::string_view discriminator = "policy"; struct Context {…};
// A seam may say which of its offers a list of choices stands for (`of_several`); that one has them as its option `policies`.
// The implementation has `struct Options { …; void describe(Fields&); };` and a constructor (const Options&, const Context&).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"

namespace headroom {

class Registry {
 public:
  struct Offer {
    std::string summary;
    std::unique_ptr<AnyOptions> (*make_options)();
  };

  Registry(std::string_view seam, std::string_view discriminator, std::string_view of_several);
  virtual ~Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  std::string_view seam() const { return seam_; }                    // "autoscaling"
  std::string_view discriminator() const { return discriminator_; }  // "policy" or "model"
  std::string_view of_several() const { return of_several_; }        // "combined"; empty: a list is no choice
  const std::map<std::string, Offer, std::less<>>& offers() const { return offers_; }
  bool offers(std::string_view name) const { return offers_.contains(name); }
  std::vector<std::string> names() const;
  // A choice of this seam with default options; unchosen if the name is not offered.
  PolicyChoice choose(std::string_view name) const;

  // Every seam that has been asked for, by name.
  static const std::map<std::string, const Registry*, std::less<>>& all();

 protected:
  // A name taken twice is a std::logic_error.
  void add(std::string_view name, Offer offer);

 private:
  std::string seam_;
  std::string discriminator_;
  std::string of_several_;
  std::map<std::string, Offer, std::less<>> offers_;
};

template <class Interface>
class RegistryOf final : public Registry {
 public:
  using Context = typename Interface::Context;
  using Make = std::unique_ptr<Interface> (*)(const AnyOptions&, const Context&);

  static RegistryOf& instance() {
    static RegistryOf registry;
    return registry;
  }

  void add(std::string_view name, Offer offer, Make maker) {
    Registry::add(name, std::move(offer));
    makers_.emplace(std::string{name}, maker);
  }
  // The choice must be one of this seam's.
  std::unique_ptr<Interface> make(const PolicyChoice& choice, const Context& context) const {
    const auto found = makers_.find(choice.name);
    if (found == makers_.end()) throw std::logic_error{"no " + std::string{seam()} + " \"" + choice.name + "\""};
    return found->second(*choice.options, context);
  }

 private:
  RegistryOf() : Registry{Interface::seam, Interface::discriminator, name_of_several()} {}
  static constexpr std::string_view name_of_several() {
    if constexpr (requires { Interface::of_several; }) return Interface::of_several;
    else return {};
  }
  std::map<std::string, Make, std::less<>> makers_;
};

template <class Interface, class Implementation>
bool offer(std::string_view name, std::string_view summary) {
  using Options = typename Implementation::Options;
  RegistryOf<Interface>::instance().add(
      name,
      Registry::Offer{std::string{summary}, []() -> std::unique_ptr<AnyOptions> { return std::make_unique<OptionsOf<Options>>(); }},
      [](const AnyOptions& options, const typename Interface::Context& context) -> std::unique_ptr<Interface> {
        return std::make_unique<Implementation>(dynamic_cast<const OptionsOf<Options>&>(options).value, context);
      });
  return true;
}

// A PolicyChoice field for a seam, not chosen yet.
template <class Interface>
PolicyChoice choice_of() {
  PolicyChoice choice;
  choice.registry = &RegistryOf<Interface>::instance();
  return choice;
}
// The same with a default implementation chosen (which must be linked in when it is read; unchosen otherwise).
template <class Interface>
PolicyChoice choice_of(std::string_view name) {
  return RegistryOf<Interface>::instance().choose(name);
}

}  // namespace headroom
