#include "scenarios/route_spec.hpp"

namespace headroom {

void TransferPriceSpec::describe(Fields& field) {
  field("cross_zone", cross_zone, "between zones of a region", at_least(0));
  field("cross_region", cross_region, "between regions", at_least(0));
  field("internet", internet, "to users; what comes from them is free", at_least(0));
}

void NetworkSpec::describe(Fields& field) {
  field("price_per_gb", price_per_gb, "of 10^9 bytes of calls and answers; the sizes stand with the endpoints");
}

void RegionShareSpec::describe(Fields& field) {
  field.required("name", name, "a region");
  field.required("share", share, "of the subjects that are at home there; those of all regions sum to 1", at_least(0));
}

void RouteSpec::describe(Fields& field) {
  field.required("name", name, "name of the route; others call route.endpoint");
  field.required("services", services, "services that have the endpoint, in different regions as a rule");
  field.choice(
      "policy", policy,
      "nearest: the shortest round trip from the caller; weighted: drawn by weight per request; home: drawn by weight per "
      "subject, who always gets the same one",
      {"nearest", "weighted", "home"});
  field("weights", weights, "weighted, home: of each service, in their order; without it all are alike", at_least(0));
  field("failover", failover, "true: a service without a registered replica is passed over, by the nearest that has one");
  field("propagation", propagation,
        "failover: callers learn so late that a service is down or up again (time to live of the DNS)", at_least(Duration{}));
}

}  // namespace headroom
