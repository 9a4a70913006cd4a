"""One mistake per file: each is reported once, at its line, in words that help."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shuzhi.catalogue.loader import load_folders
from shuzhi.messages import render

HERE = Path(__file__).parent
BROKEN = HERE / "broken_definitions"
FOLDERS = {
    "ledger": "ledgers/own/{}.yaml",
    "indicator": "indicators/own/{}.yaml",
    "relation": "relations/own/{}.yaml",
    "parameter": "parameters/own/{}.yaml",
    "report": "reports/{}.yaml",
    "unit": "units.yaml",
    "wordlist": "words/own/{}.yaml",
    "programme": "programmes/{}.yaml",
}

# file | code | line | words that must stand in the Chinese sentence
TABLE = """
indicator_at_no_date                | CATALOGUE_032 |  7 | kind choice date
indicator_bad_expression            | FORMULA_001   |  6 | sum(area 括号
indicator_basis_not_a_date          | CATALOGUE_057 |  7 | 2023年
indicator_by_no_reference           | CATALOGUE_032 |  7 | kind choice reference
indicator_circle                    | CATALOGUE_039 |  5 | other_area →
indicator_decimals_on_sum           | CATALOGUE_046 |  7 | decimals nature: stock
indicator_derived_with_ledger       | CATALOGUE_046 |  5 | from nature: derived
indicator_nature_and_value          | CATALOGUE_052 |  4 | stock derived
indicator_parameter_without_quotes  | CATALOGUE_051 |  5 | parameter('参数')
indicator_source_for_from           | CATALOGUE_011 |  5 | source from
indicator_sum_distinct_of_other_subject | CATALOGUE_054 |  6 | area_by_household household orchard
indicator_sum_distinct_without_by   | CATALOGUE_053 |  6 | bearing_orchard_area by
indicator_unknown_field             | CATALOGUE_035 |  6 | aera area
indicator_unknown_function          | FORMULA_002   |  6 | summe last_year
indicator_unknown_ledger            | CATALOGUE_030 |  5 | orchrad orchard
indicator_unknown_level             | CATALOGUE_043 |  5 | villages province
indicator_unknown_parameter         | CATALOGUE_042 |  5 | orchard_standrad orchard_standard
indicator_where_unknown_option      | CATALOGUE_041 |  7 | kind 桃 苹果
indicator_without_ledger            | CATALOGUE_048 |  1 | from nature: stock
indicator_wrong_arguments           | FORMULA_004   |  6 | sum
indicator_wrong_unit                | CATALOGUE_038 |  6 | area 亩 元
ledger_alias                        | CATALOGUE_005 |  9 | name
ledger_anchor                       | CATALOGUE_005 |  1 | name
ledger_chinese_key                  | CATALOGUE_019 |  1 | 鱼塘
ledger_computed_circle              | CATALOGUE_040 |  7 | area → depth
ledger_date_of_wrong_type           | CATALOGUE_032 |  5 | area quantity date
ledger_doubled_key                  | CATALOGUE_004 |  5 | nature 4
ledger_empty_list_item              | CATALOGUE_024 |  6 | 空的
ledger_foreign_key                  | CATALOGUE_021 |  5 | 计算 key
ledger_list_for_text                | CATALOGUE_013 |  5 | [… 2]
ledger_mapping_for_definition       | CATALOGUE_018 |  1 | 只是一句话 key
ledger_merge_key                    | CATALOGUE_007 |  5 | <<
ledger_min_above_max                | CATALOGUE_049 |  7 | 5 1
ledger_missing_key                  | CATALOGUE_012 |  1 | nature
ledger_no_such_level                | CATALOGUE_022 |  3 | planet province
ledger_not_yaml                     | CATALOGUE_003 |  5 | YAML 括号
ledger_number_with_unit             | CATALOGUE_014 |  7 | 200亩
ledger_options_on_text              | CATALOGUE_046 |  8 | options type: text
ledger_quantity_without_unit        | CATALOGUE_048 |  7 | unit type: quantity
ledger_reserved_field_key           | CATALOGUE_019 |  8 | in
ledger_rule_adds_text               | CATALOGUE_032 | 11 | state choice integer
ledger_rule_figure_function         | CATALOGUE_036 | 11 | last_year
ledger_rule_unknown_field           | CATALOGUE_035 | 11 | aera area
ledger_rule_unknown_option          | CATALOGUE_041 | 11 | state 使用 在用
ledger_same_field_twice             | CATALOGUE_047 |  8 | area
ledger_same_header_twice            | CATALOGUE_050 |  8 | 水面面积
ledger_tab_indent                   | CATALOGUE_003 |  6 | YAML 缩进 空格
ledger_tag                          | CATALOGUE_006 |  1 | tag:yaml.org,2002:str
ledger_text_for_list                | CATALOGUE_017 |  5 | area <= 200
ledger_unknown_key                  | CATALOGUE_011 |  5 | subjekt subject
ledger_unknown_reference            | CATALOGUE_030 |  8 | houshold household
ledger_unknown_unit                 | CATALOGUE_033 |  7 | 畆 %
ledger_unquoted_comma               | CATALOGUE_029 | 11 | date) 逗号 引号
ledger_until_in_journal             | CATALOGUE_046 |  5 | until nature: journal
ledger_until_missing                | CATALOGUE_031 |  5 | closed_on area pond
ledger_version_not_whole            | CATALOGUE_015 |  5 | 1.5
ledger_wrong_choice                 | CATALOGUE_023 |  4 | regsiter register
ledger_yes_for_boolean              | CATALOGUE_016 |  6 | yes true false
parameter_no_such_day               | CATALOGUE_057 |  5 | 2023-02-30 日期
parameter_out_of_order              | CATALOGUE_058 |  6 | 2022-01-01 2023-01-01
parameter_value_in_words            | CATALOGUE_014 |  5 | 五百
programme_ends_before_it_begins     | CATALOGUE_094 |  4 | 2021 2022-05
programme_until_no_date             | CATALOGUE_057 |  3 | 去年底 日期
relation_adds_different_units       | CATALOGUE_038 |  5 | orchard_households 户 亩
relation_breakdown_by_unknown_field | CATALOGUE_031 |  4 | sort area orchard
relation_breakdown_of_derived       | CATALOGUE_056 |  4 | bearing_share 派生
relation_factor_on_sum              | CATALOGUE_046 |  6 | factor kind: sum
relation_product_without_factor     | CATALOGUE_048 |  1 | factor kind: product
relation_rate_with_one_part         | CATALOGUE_055 |  5 | 1 2
relation_unknown_indicator          | CATALOGUE_034 |  5 | bearing_orchard bearing_orchard_area
report_each_by_unknown_field        | CATALOGUE_031 |  9 | sort area orchard
report_each_where_unknown_field     | CATALOGUE_035 |  9 | aera area
report_each_without_place           | REPORT_006    |  9 | each 成对
report_lone_brace                   | REPORT_001    |  9 | 现有果园{orchard_area:亩。
report_unit_does_not_convert        | REPORT_004    |  9 | orchard_area 元
report_unknown_indicator            | REPORT_003    |  9 | orchard_aera
report_unknown_period               | REPORT_001    |  9 | {orchard_area@lastyear:亩}
report_unknown_style                | QUANTITY_010  |  9 | 左右 余100
unit_factor_zero                    | QUANTITY_006  |  2 | 分地
unit_no_list                        | CATALOGUE_028 |  1 | [… 1]
unit_spelling_taken                 | QUANTITY_009  |  2 | 市亩
unit_unknown_base                   | QUANTITY_007  |  2 | 斤 公斤
wordlist_gap_at_the_edge            | CATALOGUE_091 |  5 | …一样
wordlist_gap_out_of_nothing         | CATALOGUE_092 |  5 | 做为 作为…的
wordlist_right_is_text              | CATALOGUE_090 |  5 | 部署
wordlist_same_text_twice            | CATALOGUE_047 |  6 | 布署
wordlist_unless_is_text             | CATALOGUE_093 |  5 | 按装
"""

ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("name", "code", "line", "words"), ROWS, ids=[row[0] for row in ROWS])
def test_a_mistake_is_reported_once_with_its_line_and_the_words_that_help(
    tmp_path: Path, name: str, code: str, line: str, words: str
) -> None:
    target = tmp_path / FOLDERS[name.split("_")[0]].format(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(BROKEN / f"{name}.yaml", target)

    problems = load_folders(HERE / "sound", tmp_path).problems

    assert [one.code for one in problems] == [code]
    assert problems[0].place.file == str(target)
    assert problems[0].place.line == int(line)
    assert isinstance(problems[0].params["column"], int)
    sentence = render(problems[0])
    assert [word for word in words.split() if word not in sentence] == []
    assert code in render(problems[0], "en")


def test_every_broken_file_is_in_the_table() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(path.stem for path in BROKEN.iterdir())
