#pragma once

#include <QString>
#include <QStringList>

namespace stormloom {

/// What the export dialog can write.
struct ExportFormat {
  const char* name;
  const char* ending;
  const char* command = "";  ///< of stormloom-cli, where it makes the file; empty: pictures or NetCDF
  bool needsScenario = false;
};
inline constexpr ExportFormat kFormats[] = {
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "MP4 video, plays everywhere"), ".mp4"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "WebM video, for web pages"), ".webm"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "GIF animation"), ".gif"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Folder of PNG pictures"), ""},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "PNG picture of one time"), ".png"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Report, a page with the animation inside"), ".html",
     "report", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Report, PDF"), ".pdf", "report", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: past, truth and scenarios, PDF"), ".pdf",
     "figure --kind strip", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: past, truth and scenarios, SVG"), ".svg",
     "figure --kind strip", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: past, truth and scenarios, PNG"), ".png",
     "figure --kind strip", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: all members, PDF"), ".pdf",
     "figure --kind stamps", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: all members, SVG"), ".svg",
     "figure --kind stamps", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: all members, PNG"), ".png",
     "figure --kind stamps", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: mean intensity over time, PDF"), ".pdf",
     "figure --kind fan", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: mean intensity over time, SVG"), ".svg",
     "figure --kind fan", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: mean intensity over time, PNG"), ".png",
     "figure --kind fan", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: table of scores, PDF"), ".pdf",
     "figure --kind scores", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: table of scores, SVG"), ".svg",
     "figure --kind scores", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: table of scores, PNG"), ".png",
     "figure --kind scores", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "CSV, table of scores"), ".csv", "verify", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "NetCDF, all values"), ".nc"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "NetCDF, maps of a product"), ".nc", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "GeoTIFF, a file for each map"), "", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "GeoTIFF, a band for each map"), ".tif", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "CSV, series over time"), ".csv", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "GeoJSON, outlines of strong rain"), ".geojson",
     "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "KML, outlines of strong rain"), ".kml", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "KMZ, maps for Google Earth"), ".kmz", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "NumPy array"), ".npy", "export"}};

inline bool isPicture(const ExportFormat& format) {
  return !*format.command && QLatin1String(format.ending) != QLatin1String(".nc");
}

inline bool isFigure(const ExportFormat& format) { return QString(format.command).startsWith("figure"); }

inline bool isOfValues(const ExportFormat& format) { return QLatin1String(format.command) == QLatin1String("export"); }

/// Formats that outline what reaches a threshold, or count it.
inline bool hasThresholds(const ExportFormat& format) {
  return isOfValues(format) && QStringList{".csv", ".geojson", ".kml"}.contains(format.ending);
}

/// What the maps of a file of values show.
struct ExportValues {
  const char* name;
  const char* product;  ///< of `stormloom-cli export`
  bool ofMembers = false;
  bool ofForecast = true;
};
inline constexpr ExportValues kValues[] = {
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Every map as it is"), "intensity", false, false},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Mean of the members"), "mean", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Spread of the members"), "spread", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Percentile of the members"), "percentile", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Chance to reach a threshold"), "exceedance", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Rain of the whole time"), "accumulation", false,
     false},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Largest value of the whole time"), "maximum", false,
     false}};

}  // namespace stormloom
