"""Addresses of this area."""

from __future__ import annotations

from shuzhi.web.figures.exports import compare_export, figure_export, figures_export, trace_export
from shuzhi.web.figures.lists import figures
from shuzhi.web.figures.maps import figure_map, map_places
from shuzhi.web.figures.matrix import compare
from shuzhi.web.figures.one import figure
from shuzhi.web.figures.traces import restatement, trace
from shuzhi.web.pages import Help, Page, Right
from shuzhi.web.words import Words

_READ = {"GET": Right("figure.read")}
_ONE = "at/<unit:unit>/figures/<slug:indicator>/<str:period>/"

PAGES = [
    Page(
        "figures",
        "at/<unit:unit>/figures/",
        _READ,
        figures,
        Help(
            Words(
                "这里是本单位（含下级）的全部指标，按工作领域分开。每行是今年的数、目标完成多少、与上年同期比和各月走势。"
                "数都是从已审核的记录实时加起来的，不用填。点名称看这个数的各个侧面；没有数的指标收在下面，写明缺哪本台账。",
                "All figures of this unit and the units below it, by line of work. Each row shows this year's value, how far the target is "
                "reached, the change on last year and the course of the months. Figures are added up from approved records as you look; "
                "nobody types them. Click a name to see the figure from every side; figures not known yet are listed below with the ledger that is missing.",
            ),
            Words(
                "要查“全镇果园面积”：在搜索框输入“果园”，点“果园面积”，就能看到各村各有多少。",
                "To find the orchard area of the township: type “orchard”, click “Orchard area”, and see how much each village has.",
            ),
        ),
    ),
    Page("figures-export", "at/<unit:unit>/figures/export/", _READ, figures_export, fragment=True),
    Page(
        "compare",
        "at/<unit:unit>/figures/compare/",
        _READ,
        compare,
        Help(
            Words(
                "把几个指标和几个单位放在一张表里对照：左边选指标（最多 12 个）和单位，点“对照”。选了什么都写在网址里，可以收藏或发给别人。",
                "Puts several figures of several units into one table: choose figures (at most 12) and units, then “Compare”. "
                "The choice stands in the address, so you can bookmark it or send it on.",
            ),
            Words(
                "选“果园面积”“村集体经济收入”，单位选全部村，就得到一张各村对照表，可导出 Excel。",
                "Choose orchard area and collective income for all villages, and export the table to Excel.",
            ),
        ),
    ),
    Page(
        "compare-export",
        "at/<unit:unit>/figures/compare/export/",
        _READ,
        compare_export,
        fragment=True,
    ),
    Page(
        "map",
        "at/<unit:unit>/figures/map/",
        _READ,
        figure_map,
        Help(
            Words(
                "按一个指标给下级单位的地块上色，颜色越深数越大；灰色是没有数。旁边的表是同样的内容。"
                "地图只用本单位自己上传的边界，不连任何外网地图。",
                "Colours the units below by one figure, darker for more, grey for not known. The table beside it says the same. "
                "The map uses only the boundaries your office uploaded; nothing comes from the internet.",
            ),
            Words(
                "选“果园面积”，一眼看出果园集中在哪几个村。",
                "Choose orchard area to see in which villages the orchards lie.",
            ),
        ),
    ),
    Page(
        "map-places",
        "at/<unit:unit>/figures/map/places/",
        {"GET": Right("organisation.change"), "POST": Right("organisation.change")},
        map_places,
        Help(
            Words(
                "上传单位的边界或位置：GeoJSON 文件，每个要素的属性里写单位代码（code）或名称（name）。"
                "有错时一个也不写，全部问题列出来；对不上的单位会跳过并告诉您。再次上传会覆盖这些单位原来的位置。",
                "Upload boundaries or points of units: a GeoJSON file whose features carry the unit's code or name among their properties. "
                "While anything is wrong nothing is written and every problem is listed; features that fit no unit are passed over and named. "
                "Uploading again replaces the earlier places of those units.",
            ),
            Words(
                "从国土部门要来村界文件，用 QGIS 另存为 GeoJSON（坐标系选 WGS84），在这里上传。",
                "Take the file of village boundaries, save it as GeoJSON in WGS84 with QGIS, and upload it here.",
            ),
        ),
    ),
    Page(
        "figure",
        _ONE,
        _READ,
        figure,
        Help(
            Words(
                "这一页是一个数：上面是数值、口径、与上年比和目标；下面按单位、按月、按年、按构成分开看，图和表是同样的内容。"
                "点任何一个数可以继续往下看，点大数或“看是哪些行”到具体记录。"
                "“时点”可以回到过去某一天看当时的数；“复制链接”得到一个以后打开仍是这个数的网址。",
                "This page is one figure: on top the value, how it is made, the change on last year and the target; below it by unit, month, year and "
                "part, as a chart and as the same table. Click any number to go further down; the big number leads to the rows. "
                "Under “as of” you can look at the figure as it was on an earlier day; “copy link” gives an address that will always show this value.",
            ),
            Words(
                "果园面积比上年多了 41 亩：切到“各月”看是哪个月增加的，再点那个月的数看是哪几块地。",
                "The orchard area grew by 41 mu: look under “Months” for the month, then click its number to see the plots.",
            ),
        ),
    ),
    Page("figure-export", _ONE + "export/", _READ, figure_export, fragment=True),
    Page(
        "trace",
        _ONE + "trace/",
        _READ,
        trace,
        Help(
            Words(
                "这个数是由下面这些行加起来的，每行可以点开看记录和历史。标“调整”的是结账以后补记的。"
                "最下面核对：各行合计与这个数相等。算出来的指标列出它用到的数，可以逐级点下去。",
                "The figure is the sum of these rows; each leads to its record and history. “Adjusting” marks what was recorded after the months were closed. "
                "The line at the end proves that the rows come to the figure. A derived figure lists what it was computed from, level by level.",
            ),
            Words(
                "有人问“71 户是哪 71 户”，打开这一页就是名单（个人信息已打码）。",
                "When somebody asks “which 71 households”, this page is the list (personal details masked).",
            ),
        ),
    ),
    Page(
        "trace-export",
        _ONE + "trace/export/",
        {"GET": Right("ledger.export")},
        trace_export,
        fragment=True,
    ),
    Page(
        "restatement",
        _ONE + "restatement/",
        _READ,
        restatement,
        Help(
            Words(
                "更正说明：选一个过去的时点，看那时报的数和现在的数差多少，是哪些行变了。报告里印的时点号就是起点。",
                "Restatement: choose an earlier point and see how the figure then differs from now, and which rows changed. "
                "The point printed in a report is where to begin.",
            ),
            Words(
                "年中报告写果园 1200 亩，现在是 1188 亩：选那份报告，就列出撤回的 12 亩是哪几行。",
                "The mid-year report said 1,200 mu and it is 1,188 now: choose that report to see which rows made the difference of 12.",
            ),
        ),
    ),
]
