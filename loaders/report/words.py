"""What codes that the page shows mean; a code without words here is shown as it is."""

from __future__ import annotations

from loaders.report.markup import Markup, both, shown

WORDS = {
    # why a row is set aside or does not count
    "test_row": ("测试数据", "test row"),
    "impossible_date": ("日期不存在", "impossible date"),
    "no_usable_date": ("没有可用的日期", "no usable date"),
    "later_than_the_delivery": ("日期晚于交付", "later than the delivery"),
    "invalid_flag": ("来源标为无效", "marked invalid by the source"),
    "not_valid": ("来源标为无效", "marked invalid by the source"),
    "unreadable_figure": ("数字读不懂", "unreadable figure"),
    "total_row": ("合计行", "line of totals"),
    "older_version": ("有更新的登记", "a newer entry stands"),
    "patient_set_aside": ("测试患者", "test patient"),
    "set_aside": ("已搁置", "set aside"),
    "pharmacy": ("药店结算", "pharmacy"),
    "reversal": ("冲正行", "reversal"),
    "reversed": ("已被冲正", "reversed"),
    "fully_refunded": ("全部退费", "fully refunded"),
    "health_check": ("健康体检", "health check"),
    "same_day_duplicate": ("同日同科重复", "same person, department and day"),
    "cancelled": ("取消入院", "cancelled admission"),
    # what a review task asks
    "contested_id": ("一号多人", "one number on different people"),
    "newborn": ("新生儿用母亲证件", "newborn under the mother's number"),
    "overlay": ("一卡多人", "one card, several people"),
    "too_large_cluster": ("一人记录过多", "too many records for one person"),
    "possible_duplicate": ("疑似同一人", "possibly the same person"),
    # what became of a file
    "refused": ("残缺未收", "refused"),
    "missing": ("清单有而未到", "missing"),
}


def in_words(code: str) -> Markup:
    """A code in Chinese and English."""
    words = WORDS.get(code)
    return both(*words) if words else Markup(f"<code>{shown(code)}</code>")
