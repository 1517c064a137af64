// What bytes on the network cost: by where they go from and to, as clouds bill them. Plain data of a Blueprint.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace headroom {

// Where the bytes of a call go. A replica that needs no node is in no zone: within its region nothing of its is between zones.
enum class TransferKind : std::uint8_t { zone, cross_zone, cross_region, internet_in, internet_out };
inline constexpr std::array<const char*, 5> transfer_kinds{"zone", "cross_zone", "cross_region", "internet_in", "internet_out"};

// US dollars per byte. What comes from users and what stays in a zone is free.
struct TransferPrices {
  double cross_zone = 0.0;
  double cross_region = 0.0;
  double internet = 0.0;  // to users

  double of(TransferKind kind) const {
    switch (kind) {
      case TransferKind::cross_zone: return cross_zone;
      case TransferKind::cross_region: return cross_region;
      case TransferKind::internet_out: return internet;
      case TransferKind::zone:
      case TransferKind::internet_in: break;
    }
    return 0.0;
  }
};

// What transfers are called on the bill.
inline std::string transfer_component(TransferKind kind) {
  switch (kind) {
    case TransferKind::cross_zone: return "transfer (cross-zone)";
    case TransferKind::cross_region: return "transfer (cross-region)";
    case TransferKind::internet_out: return "transfer (internet)";
    case TransferKind::zone:
    case TransferKind::internet_in: break;
  }
  return "transfer";
}

}  // namespace headroom
