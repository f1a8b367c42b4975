#include "app/figure/compact_svg.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stormloom {
namespace {

using Text = std::string_view;

/// What stands in the quotes of an attribute of a tag; empty where it has none.
Text attributeOf(Text tag, Text name) {
  const std::string start = " " + std::string(name) + "=\"";
  const std::size_t at = tag.find(start);
  if (at == Text::npos) return {};
  const std::size_t from = at + start.size();
  return tag.substr(from, tag.find('"', from) - from);
}

/// Without leading zero and closing zeros: 1266 hundredths are "12.66", -50 are "-.5".
void putHundredths(std::string& out, std::int64_t hundredths) {
  if (hundredths < 0) out += '-';
  const std::int64_t size = hundredths < 0 ? -hundredths : hundredths;
  if (size >= 100 || size == 0) out += std::to_string(size / 100);
  if (size % 100 == 0) return;
  out += '.';
  out += char('0' + size / 10 % 10);
  if (size % 10 != 0) out += char('0' + size % 10);
}

/// A pair behind a letter or another pair.
void putPair(std::string& out, std::int64_t x, std::int64_t y) {
  if (x >= 0 && out.back() != 'M' && out.back() != 'l') out += ' ';
  putHundredths(out, x);
  if (y >= 0) out += ' ';
  putHundredths(out, y);
}

/// Corners in hundredths of "M1,2 L3,4 L5,6 L1,2"; nothing for any other path.
std::vector<std::array<std::int64_t, 2>> cornersOfPath(Text path) {
  std::vector<std::array<std::int64_t, 2>> corners;
  const char *at = path.data(), *end = at + path.size();
  const auto number = [&](std::int64_t& hundredths) {
    double value = 0.0;
    const auto read = std::from_chars(at, end, value);
    if (read.ec != std::errc()) return false;
    at = read.ptr;
    hundredths = std::llround(100.0 * value);
    return true;
  };
  while (at != end) {
    std::array<std::int64_t, 2> corner{};
    if (*at++ != (corners.empty() ? 'M' : 'L') || !number(corner[0])) return {};
    if (at == end || *at++ != ',' || !number(corner[1])) return {};
    if (at != end && *at == ' ') ++at;
    corners.push_back(corner);
  }
  return corners;
}

/// The polygon from corner to corner; nothing where the path is no closed polygon.
std::string shortPolygon(Text path) {
  auto corners = cornersOfPath(path);
  if (corners.size() < 4 || corners.front() != corners.back()) return {};
  corners.pop_back();
  std::string out = "M";
  putPair(out, corners[0][0], corners[0][1]);
  out += 'l';
  for (std::size_t i = 1; i < corners.size(); ++i)
    putPair(out, corners[i][0] - corners[i - 1][0], corners[i][1] - corners[i - 1][1]);
  return out + 'z';
}

class Compactor {
public:
  explicit Compactor(const std::string& svg) : rest_(svg) { out_.reserve(svg.size() / 4); }

  std::string run() {
    for (;;) {
      const std::size_t at = rest_.find("\n<g ");
      if (at == Text::npos) break;
      takeText(rest_.substr(0, at));
      rest_.remove_prefix(at + 1);
      takeGroup();
    }
    takeText(rest_);
    return std::move(out_);
  }

private:
  void takeText(Text text) {
    if (text.find_first_not_of('\n') == Text::npos) return;
    closeRun();
    out_ += text;
    out_ += '\n';
  }

  /// A group that holds no other one, with what follows on it; or the opening tag of the outer one.
  void takeGroup() {
    const std::size_t tagEnd = rest_.find('>') + 1;
    const std::size_t end = rest_.find("</g>", tagEnd), inner = rest_.find("<g ", tagEnd);
    const Text tag = rest_.substr(0, tagEnd);
    if (end == Text::npos || inner < end) {
      closeRun();
      out_ += tag;
      out_ += '\n';
      return rest_.remove_prefix(tagEnd);
    }
    const Text inside = rest_.substr(tagEnd, end - tagEnd);
    rest_.remove_prefix(end + 4);
    if (inside.find('<') == Text::npos) return;  // a pen that nothing was drawn with
    if (takeFilled(tag, inside)) return;
    closeRun();
    out_ += inside.find("<text") == Text::npos ? withoutFont(tag) : std::string(tag);
    out_ += inside;
    out_ += "</g>\n";
  }

  /// Filled polygons without an outline, one colour a group.
  bool takeFilled(Text tag, Text inside) {
    if (attributeOf(tag, "stroke") != "none" || tag.find("matrix(1,0,0,1,0,0)") == Text::npos)
      return false;
    std::string paths;
    for (std::size_t at = inside.find('<'); at != Text::npos; at = inside.find('<', at + 1)) {
      const Text element = inside.substr(at, inside.find('>', at) - at);
      const std::string polygon =
          element.starts_with("<path ") ? shortPolygon(attributeOf(element, "d")) : std::string();
      if (polygon.empty()) return false;
      paths += polygon;
    }
    const std::string fill(attributeOf(tag, "fill")), opacity(attributeOf(tag, "fill-opacity"));
    if (!inRun_) out_ += "<g stroke=\"none\">\n";
    inRun_ = true;
    out_ += "<path fill=\"" + fill + '"';
    if (opacity != "1") out_ += " fill-opacity=\"" + opacity + '"';
    out_ += " d=\"" + paths + "\"/>\n";
    return true;
  }

  static std::string withoutFont(Text tag) {
    const std::size_t font = tag.find("font-family=");
    return std::string(tag.substr(0, font)) + (font == Text::npos ? "" : ">");
  }

  void closeRun() {
    if (inRun_) out_ += "</g>\n";
    inRun_ = false;
  }

  Text rest_;
  std::string out_;
  bool inRun_ = false;
};

}  // namespace

std::string compactSvg(const std::string& svg) { return Compactor(svg).run(); }

}  // namespace stormloom
