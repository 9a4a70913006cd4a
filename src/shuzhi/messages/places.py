"""Sentences about where units lie: files of boundaries and points."""

from shuzhi.messages.message import Message

MESSAGES = {
    "PLACE_001": Message(
        "“{file}”不是 GeoJSON：读到“{found}”；应为 JSON 文件，最外层是 FeatureCollection。请从地图软件导出为 GeoJSON 再上传",
        "“{file}” is no GeoJSON: found “{found}”; expected a JSON file whose outermost part is a FeatureCollection. Export it as GeoJSON and upload again",
    ),
    "PLACE_002": Message(
        "第 {number} 个要素“{name}”：在“{home}”范围内没有这个代码或名称的单位[[；最接近的是“{near}”]]，已跳过。请改正属性 code 或 name；不是本单位的可以不管",
        "feature {number}, “{name}”: no unit within “{home}” has this code or name[[; the nearest is “{near}”]]; it was passed over. Correct the property code or name, or leave it if it is no unit of yours",
    ),
    "PLACE_003": Message(
        "第 {number} 个要素“{name}”：有 {count} 个单位叫这个名称；应能认出是哪一个。请在属性 code 中写 12 位代码",
        "feature {number}, “{name}”: {count} units bear this name; it must be clear which is meant. Put the 12-digit code into the property code",
    ),
    "PLACE_004": Message(
        "第 {number} 个要素“{name}”：几何类型读到“{found}”；应为 Point、Polygon 或 MultiPolygon。请改正",
        "feature {number}, “{name}”: the geometry is “{found}”; expected Point, Polygon or MultiPolygon. Correct it",
    ),
    "PLACE_005": Message(
        "第 {number} 个要素“{name}”：坐标读到“{found}”；应为经度、纬度两个数（如 104.92, 35.21，单位是度）。请把坐标系转换为 WGS84 或 CGCS2000 经纬度再导出",
        "feature {number}, “{name}”: the coordinate is “{found}”; expected longitude and latitude in degrees (such as 104.92, 35.21). Convert the file to WGS84 or CGCS2000 degrees and export again",
    ),
    "PLACE_006": Message(
        "第 {number} 个要素“{name}”：边界有 {count} 个点；最多 {limit} 个。请在地图软件中简化边界再导出",
        "feature {number}, “{name}”: the boundary has {count} points; at most {limit} are taken. Simplify it and export again",
    ),
    "PLACE_007": Message(
        "第 {number} 个要素与第 {other} 个要素都是“{name}”的{what}；一个单位只能有一个。请删去一个",
        "features {number} and {other} are both the {what} of “{name}”; a unit has only one. Remove one of them",
    ),
    "PLACE_008": Message(
        "“{file}”有 {found} MB；最多 {limit} MB。请简化边界或只导出本单位",
        "“{file}” has {found} MB; at most {limit} MB are taken. Simplify the boundaries or export only your own units",
    ),
    "PLACE_009": Message(
        "“{file}”里没有一个要素能对上“{home}”的单位；应按代码（属性 code）或名称（属性 name）对应。请检查属性名和内容",
        "no feature of “{file}” fits a unit of “{home}”; they are matched by code (property code) or name (property name). Check the properties",
    ),
    "PLACE_010": Message(
        "没有收到文件；请选择一个 .geojson 或 .json 文件再上传",
        "no file arrived; choose a .geojson or .json file and upload it",
    ),
}
