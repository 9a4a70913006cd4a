"""What detectors read: residue out, wrapped lines joined, digits plain, cut into sentences, and every place led back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.core.checking.text import find_residue, read


@pytest.mark.parametrize(
    ("text", "residue"),
    [
        ("完成2##paidbegin##021年任务", ["##paidbegin##"]),
        ("种植面&nbsp;积2[NextPage]30亩", ["&nbsp;", "[NextPage]"]),
        ("投资1<br/>20万元#p#分页标题#e#，见[1]", ["<br/>", "#p#分页标题#e#"]),
        ("A&B公司，[2023]12号，PM2.5<35", []),
        ("进行汇报。【更多素材~尽%在哒&哒&文库】", ["【更多素材~尽%在哒&哒&文库】"]),
        ("修路更多材料尽在某某文库5公里", ["更多材料尽在某某文库"]),
        ("修路更多素材~尽%在哒&哒&文库5公里", ["更多素材~尽%在哒&哒&文库"]),
        ("本文由某某网整理发布", ["本文由某某网整理发布"]),
        ("来源：某某范文网", ["来源：某某范文网"]),
        ("见https://www.example.com/p-1.html。", ["https://www.example.com/p-1.html"]),
        ("关注公众号：某某公文写作，", ["关注公众号：某某公文写作"]),
        ("做好。【点击阅读全文】", ["【点击阅读全文】"]),
        ("做好。剩余部分需付费查看。", ["剩余部分需付费查看"]),
        ("做好。【加入公文写作群】", ["【加入公文写作群】"]),
        ("做好。QQ群：12345678。", ["QQ群：12345678"]),
        ("修路本～文～由某某网整_理5公里", ["本～文～由某某网整_理"]),
    ],
)
def test_what_a_web_page_left_behind_is_residue(text, residue):
    assert [text[one.start : one.end] for one in find_residue(text)] == residue


@pytest.mark.parametrize(
    "text",
    [
        "通过“甲村发布”微信公众号公开村务12期",
        "及时提供更多材料上报镇政府",
        "引导群众点击下载反诈应用程序，扫码安装320户",
        "本报告可在县政府网站（http://www.example.gov.cn）下载",
        "资料来源：县统计局",
        "落实【十项措施】，建成红色书屋",
        "发展协会会员单位12家，引导村民加入务工微信群3个",
        "剩余资金5万元，剩余部分由镇财政补足",
    ],
)
def test_an_honest_remark_is_no_residue(text):
    assert find_residue(text) == []


def test_a_number_cut_by_residue_is_whole_again_and_leads_back():
    text = "全年投资2##paidbegin##30万元。"
    reading = read(text)

    at = reading.clean.index("230万元")

    assert text[slice(*reading.back(at, at + 5))] == "2##paidbegin##30万元"


def test_lines_wrapped_at_the_page_edge_are_joined():
    sentence = (
        "全村共有耕地一千二百亩，其中水田八百亩，旱地四百亩，人均纯收入一万二千三百元，比上年增长"
    )
    lines = [sentence[i : i + 20] for i in range(0, 40, 20)]
    text = "\n".join([*lines, *lines, "百分之五。"])

    assert len(read(text).paragraphs) == 1


def test_lines_that_end_where_they_should_stay_apart():
    text = "一、基本情况\n全村有320户。\n二、主要工作\n修路3公里。\n三、打算\n再修2公里。"
    assert len(read(text).paragraphs) == 6


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("修路3公里。种树5亩；养牛8头！", ["修路3公里。", "种树5亩；", "养牛8头！"]),
        ("回答了“怎么干？”的问题。好。", ["回答了“怎么干？”的问题。", "好。"]),
        ("他说：“修路。”群众满意。", ["他说：“修路。”", "群众满意。"]),
        ("做好工作.修路1.3公里", ["做好工作.", "修路1.3公里"]),
        ("一.加强学习\n\n“好”", ["一.加强学习\n\n", "“好”"]),
        ("", [""]),
    ],
)
def test_sentences_end_at_their_stops(text, sentences):
    reading = read(text)
    assert [reading.clean[start:end] for start, end in reading.sentences] == sentences


@given(st.text(alphabet="一二是、。，（）“”\n\r \u3000\ufeff#paidbegin0123XＸ％甲村", max_size=200))
def test_every_place_leads_back_to_the_same_character(text):
    reading = read(text)
    assert len(reading.offsets) == len(reading.clean)
    for at in range(len(reading.clean)):
        start, end = reading.back(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert reading.forth(start) == at
    assert "".join(reading.clean[a:b] for a, b in reading.sentences) == reading.clean
    assert "".join(reading.clean[a:b] for a, b in reading.paragraphs) == reading.clean


@pytest.mark.parametrize(
    "unit", ["（", "X", "一是", "更多", "材料", "【", "来源：", "\n", "甲，\n"]
)
def test_long_texts_are_read_in_seconds(unit):
    text = unit * (300_000 // len(unit))
    began = time.perf_counter()
    read(text)
    assert time.perf_counter() - began < 4
