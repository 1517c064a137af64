#include "reports/text_layout.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace headroom {

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t used = width_of(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

std::string wrapped(const std::string& text, std::size_t width, std::size_t indent, std::size_t first) {
  std::string result;
  std::size_t column = first;
  bool fresh = true;  // nothing of the text stands in the line yet
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!fresh && column + 1 + width_of(word) > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!fresh) {
      result += " ";
      ++column;
    }
    result += word;
    column += width_of(word);
    fresh = false;
    begin = end + 1;
  }
  return result;
}

std::string bar(double share, std::size_t columns) {
  static constexpr std::string_view eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto units = static_cast<std::size_t>(std::lround(share * static_cast<double>(8 * columns)));
  std::string text;
  for (std::size_t i = 0; i < units / 8; ++i) text += "█";
  return text + std::string{eighths[units % 8]};
}

std::string marked(const std::string& text, std::size_t column) {
  const auto begins = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80; };
  std::size_t begin = 0;
  for (std::size_t seen = 0; begin < text.size(); ++begin) {
    if (begins(begin) && seen++ == column) break;
  }
  if (begin >= text.size()) return text;
  std::size_t end = begin + 1;
  while (end < text.size() && !begins(end)) ++end;
  return text.substr(0, begin) + "|" + text.substr(end);
}

}  // namespace headroom
