// Text in lines of a given width, counted in characters, as a terminal shows them.
#pragma once

#include <cstddef>
#include <string>

namespace headroom {

// Lines of text that no terminal has told a width for.
inline constexpr std::size_t usual_width = 100;

// Characters, not bytes: names may be written in any script.
std::size_t width_of(const std::string& text);
// Filled with blanks at the end up to `width`; longer text stays as it is.
std::string padded(std::string text, std::size_t width);
// Breaks at blanks into lines of at most `width` characters, each after the first indented by `indent`; the first begins in
// column `first`, which is for the caller to fill. A word that is longer than a line stays whole: a path or a command must stay
// copyable.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent, std::size_t first = 0);
// A bar of eighths of a character; `share` of `columns`, 0 to 1.
std::string bar(double share, std::size_t columns);
// The same text with a | in place of the character in this column.
std::string marked(const std::string& text, std::size_t column);

}  // namespace headroom
