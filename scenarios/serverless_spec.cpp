#include "scenarios/serverless_spec.hpp"

namespace headroom {

void ServerlessSpec::describe(Fields& field) {
  constexpr Duration nothing{};
  field("floor", floor, "instances that are there from the start to the end, ready at time 0 (provisioned)", between(0, 1e6));
  field("most", most, "instances at a time, the floor among them; who needs one more is rejected", between(1, 1e6));
  field("burst", burst, "instances that may start at once; who needs one more is rejected", between(1, 1e6));
  field("ramp", ramp, "how fast the burst comes back: starts over time, once it is used up", more_than(0));
  field("keep_alive", keep_alive, "how long an instance is idle before it goes", at_least(nothing));
  field.required("cold_start", cold_start,
                 "from asking for an instance until it serves; the request that asked waits for it; drawn per instance");
  field("price_per_request", price_per_request, "of a request that was let in", at_least(0));
  field("price_per_gb_second", price_per_gb_second,
        "of 10^9 bytes of memory for a second in which an instance starts or has a request, however many share it", at_least(0));
  field("floor_price_per_gb_second", floor_price_per_gb_second,
        "of 10^9 bytes of the floor's memory for a second, whatever it does; its requests are paid for besides", at_least(0));
}

ServerlessBlueprint build_serverless(const ServerlessSpec& spec) {
  constexpr double gigabyte = 1e9;
  return {.floor = spec.floor,
          .most = spec.most,
          .burst = spec.burst,
          .ramp = spec.ramp,
          .keep_alive = spec.keep_alive,
          .cold_start = spec.cold_start.value,
          .price_per_request = spec.price_per_request.value,
          .price = spec.price_per_gb_second.value / gigabyte,
          .floor_price = spec.floor_price_per_gb_second.value / gigabyte};
}

}  // namespace headroom
