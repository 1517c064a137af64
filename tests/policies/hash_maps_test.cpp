// The hashes and maps against numbers that their sources publish.
#include "policies/sharding/hash_maps.hpp"

#include <gtest/gtest.h>

namespace headroom::hashing {
namespace {

std::string hexadecimal(const Md5& digest) {
  std::string text;
  for (const std::uint32_t word : digest) {
    for (int byte = 0; byte < 4; ++byte) {
      constexpr std::string_view digits = "0123456789abcdef";
      const std::uint32_t value = (word >> (8 * byte)) & 0xFFU;
      text += digits[value >> 4];
      text += digits[value & 15U];
    }
  }
  return text;
}

TEST(HashFunctions, Md5GivesTheDigestsOfItsStandard) {  // RFC 1321, A.5
  EXPECT_EQ(hexadecimal(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hexadecimal(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hexadecimal(md5("abcdefghijklmnopqrstuvwxyz")), "c3fcd3d76192e4007dfb496cca67e13b");
  EXPECT_EQ(hexadecimal(md5("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")),
            "d174ab98d277d9f5a5611c2c9f419d9f");
  EXPECT_EQ(hexadecimal(md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890")),
            "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(HashFunctions, XxHash64GivesItsPublishedValues) {
  EXPECT_EQ(xxhash64(""), 0xEF46DB3751D8E999ULL);
  EXPECT_EQ(xxhash64("a"), 0xD24EC4F1A98C6E5BULL);
  EXPECT_EQ(xxhash64("abc"), 0x44BC2CF5AD770999ULL);
  EXPECT_EQ(xxhash64("Nobody inspects the spammish repetition"), 0xFBCEA83C8A378BF1ULL);  // 39 bytes: a block and a tail
}

TEST(HashFunctions, Murmur2GivesThePositionsOfEnvoysRing) {  // ring_hash_lb_test.cc, BasicWithMurmur2
  const std::vector<std::string> hosts = {"127.0.0.1:80", "127.0.0.1:81", "127.0.0.1:82",
                                          "127.0.0.1:83", "127.0.0.1:84", "127.0.0.1:85"};
  const auto ring = envoy_ring(hosts, points_of_owners(std::vector<double>(6, 1.0), {12, 8'388'608}), TextHash::murmur2);
  ASSERT_EQ(ring.size(), 12U);
  EXPECT_EQ(ring.front().position, 1358027074129602068ULL);
  EXPECT_EQ(ring.front().owner, 5U);
  EXPECT_EQ(ring[1].position, 4361834613929391114ULL);
  EXPECT_EQ(ring[6].position, 9887544217113020895ULL);
  EXPECT_EQ(ring.back().position, 17613279263364193813ULL);
}

TEST(HashFunctions, AKeyIsSpelledInDecimal) {
  EXPECT_EQ(std::string_view{KeyText{0}}, "0");
  EXPECT_EQ(std::string_view{KeyText{18446744073709551615ULL}}, "18446744073709551615");
}

TEST(HashMaps, JumpTakesFewerThanOneBucketForOne) {  // go-jump-consistent-hash, jump_test.go
  EXPECT_EQ(jump_hash(42, 57), 43);
  EXPECT_EQ(jump_hash(0xDEAD10CC, 666), 361);
  EXPECT_EQ(jump_hash(256, 1024), 520);
  EXPECT_EQ(jump_hash(0, -10), 0);
  EXPECT_EQ(jump_hash(0xDEAD10CC, -666), 0);
  EXPECT_EQ(jump_hash(~std::uint64_t{0}, 0), 0);
  EXPECT_EQ(jump_hash(0x0DDC0FFEEBADF00DULL, 16), 15);
}

TEST(HashMaps, KetamaCountsAreThoseOfTheLibrary) {  // go-ketama, TestKetama: ten servers of one weight, foo0 … foo99999
  std::vector<std::string> servers;
  for (int i = 0; i < 10; ++i) servers.push_back("server" + std::to_string(i));
  const auto ring = ketama_ring(servers, std::vector<double>(10, 1.0));
  EXPECT_EQ(ring.size(), 1600U);
  std::vector<int> counts(10, 0);
  for (int i = 0; i < 100'000; ++i) ++counts[ring[next_point(ring, ketama_position("foo" + std::to_string(i)))].owner];
  EXPECT_EQ(counts, (std::vector<int>{9478, 9029, 10863, 10011, 9734, 9444, 10756, 10021, 10762, 9902}));
}

// ring_hash_lb_test.cc: hosts of weights 1, 2, 3 in a ring of six; at most three points for four hosts make one each, the last
// none.
TEST(HashMaps, RingsGiveTheLightestAWholeNumberOfPoints) {
  EXPECT_EQ(points_of_owners(std::vector<double>{1, 2, 3}, {6, 6}), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(points_of_owners(std::vector<double>{1, 1}, {3, 8'388'608}), (std::vector<int>{2, 2}));  // UnevenHosts
  EXPECT_EQ(points_of_owners(std::vector<double>{1, 1, 1, 1}, {6, 6}),
            (std::vector<int>{2, 1, 2, 1}));  // the comment in ring_hash_lb.cc
  EXPECT_EQ(points_of_owners(std::vector<double>{1, 0, 1}, {4, 100}), (std::vector<int>{2, 0, 2}));
}

TEST(HashMaps, MaglevFollowsEnvoysTables) {  // maglev_lb_test.cc: Basic, Weighted
  const std::vector<std::string> six = {"127.0.0.1:90", "127.0.0.1:91", "127.0.0.1:92",
                                        "127.0.0.1:93", "127.0.0.1:94", "127.0.0.1:95"};
  const auto basic = maglev_table(six, std::vector<double>(6, 1.0), 7);
  EXPECT_EQ(basic, (std::vector<std::uint32_t>{2, 4, 0, 1, 5, 0, 3}));
  EXPECT_EQ(basic[maglev_slot(10, 7)], 1U);
  EXPECT_EQ(basic[maglev_slot(10, 7, 1)], 0U);
  EXPECT_EQ(basic[maglev_slot(10, 7, 2)], 5U);
  EXPECT_EQ(maglev_table(std::vector<std::string>{"127.0.0.1:90", "127.0.0.1:91"}, std::vector<double>{1, 2}, 17),
            (std::vector<std::uint32_t>{1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1}));
}

TEST(HashMaps, MaglevRefusesWhatWouldNeverFill) {
  EXPECT_THROW(maglev_table(std::vector<std::string>{"a"}, std::vector<double>{0.0}, 7), std::invalid_argument);
  const auto always_first = [](std::uint32_t, std::uint64_t) { return std::uint64_t{0}; };
  EXPECT_THROW(fill_maglev_table(7, std::vector<double>{1.0}, always_first), std::invalid_argument);
  EXPECT_TRUE(is_prime(2));
  EXPECT_TRUE(is_prime(default_maglev_table));
  EXPECT_FALSE(is_prime(1));
  EXPECT_FALSE(is_prime(65'535));
}

}  // namespace
}  // namespace headroom::hashing
