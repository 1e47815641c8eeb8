"""Chinese patterns for reading a premise."""

from __future__ import annotations

import re

from generation.domain.premise.patterns import Patterns, alternatives, distinct

MOST_LETTERS = 24
_PEOPLE_ZH = alternatives(
    "老人 老头 老太太 老奶奶 老爷爷 女孩 男孩 小孩 孩子 姑娘 小伙子 少年 少女 女人 男人 母亲 父亲",
    "妈妈 爸爸 奶奶 爷爷 外婆 外公 姐姐 妹妹",
    "哥哥 弟弟 姐妹 兄弟 姐妹俩 兄弟俩 女儿 儿子 妻子 丈夫 寡妇 朋友 恋人 情侣 夫妻 陌生人 邻居 船工",
    "老船工 摆渡人 渔夫 渔民 船夫 更夫 保安 士兵",
    "医生 大夫 护士 学生 老师 司机 歌手 演员 画家 厨师 裁缝 农民 工人 警察 小偷 侦探 鬼魂 机器人 水手",
    "船长 和尚 尼姑 琴师 摄影师 导演 邮递员 快递员",
    "店员 服务员 理发师 老板 老板娘 清洁工 矿工 工程师 宇航员 旅人 游客 孤儿 双胞胎 姑姑 叔叔 舅舅",
    "表姐 村民 舞者 作家 诗人 放映员 戏子 皮影艺人 乘客",
)
_COUNT_ZH = r"[一二两三这那](?:个|位|名|对|群|只)?"
_PERSON_ZH = re.compile(
    rf"(?:{_COUNT_ZH})?((?:[^\s，。；、：！？,.;的是在和与跟把被要想有到一两三个位名对]{{1,4}}的|年轻|年老|失明|退休|老|小|女|男)?(?:{_PEOPLE_ZH}))"
)
_NAMED_ZH = re.compile(
    r"(?<![\u4e00-\u9fff])((?:老|小|阿)[\u4e00-\u9fff])(?=和|跟|与|想|要|在|把|给|等|对|说|从|拿|提|回|收)|(?:和|跟|与)((?:老|小|阿)[\u4e00-\u9fff])(?=[，。；在])"
)
_PLACES_ZH = alternatives(
    "渡口 码头 车站 火车站 公交站 候车室 站台 街上 街头 老街 巷子 小巷 弄堂 胡同 厨房 客厅 卧室 房间",
    "阁楼 地下室 楼梯间 电梯 走廊 教室 学校 图书馆",
    "办公室 医院 病房 药店 饭馆 餐馆 茶馆 咖啡馆 酒吧 商店 杂货铺 剧院 剧场 戏台 电影院 放映室 教堂",
    "寺庙 古寺 工厂 车间 仓库 博物馆 夜市 集市 市场",
    "广场 公园 花园 天台 屋顶 院子 江边 河边 海边 湖边 岸边 沙滩 桥上 桥头 大桥 船上 渡船 岛上 小岛",
    "村口 村子 小镇 古镇 水乡 城里 田野 麦田 森林 树林",
    "山上 山顶 山路 沙漠 草原 雪地 墓地 灯塔 火车上 车上 出租车 宿舍 家里 老家 排练厅 摄影棚 操场",
)
_PLACE_ZH = re.compile(
    rf"((?:[^\s，。；、：！？,.;在到从去回想要的是把被一有等上下里]{{1,4}}的?)?(?:{_PLACES_ZH}))"
)
_THINGS_ZH = alternatives(
    "信 家书 雨伞 红伞 伞 钥匙 照片 相片 电话 手机 灯 灯笼 油灯 马灯 手提箱 行李箱 箱子 包裹 包 盒子",
    "船 自行车 收音机 相机 摄影机 刀 戒指 项链 外套 围巾",
    "鞋 帽子 手表 钟 票 船票 车票 书 笔记本 日记 地图 碗 杯子 茶壶 水壶 瓶子 保温壶 气球 风筝 布娃娃",
    "玩具 小提琴 二胡 吉他 钢琴 唱片 磁带 鸟笼 花 椅子 镜子",
    "蜡烛 火柴 香烟 硬币 钱 信封 剧本 面具 绳子 船桨 桨 渔网 篮子 铃铛 口琴 哨子 纸鸟 皮影 馒头 橘子",
)
_THING_ZH = re.compile(
    rf"([一那这](?:封|把|盏|张|部|只|个|件|条|双|顶|块|本|台|架|串|枚|支|根|副|捧|束|辆|台|壶|碗)(?:[^\s，。；、一在和与跟给]{{1,5}}?的)?(?:[^\s，。；、一在和与跟给的]{{1,3}}?)?(?:{_THINGS_ZH})(?![工夫长员匠上]))"
)
_HOUR_BEFORE = r"^(?:深夜|半夜|夜里|午夜|清晨|黎明|凌晨|早晨|黄昏|傍晚|午后|正午|今夜|今晚)的?(?!市)"
_WANT = re.compile(
    r"(?<!不)(?:想要|想|非要|要|必须|一心|希望|打算|盼着|决定|试图)([^，。；！？,.;!?要]{2,60}?)(?=[，。；！？,.;!?]|但|可是|却|$)"
)


def _who(text: str) -> tuple[str, ...]:
    found = [(match.start(1), match.group(1)) for match in _PERSON_ZH.finditer(text)]
    found += [(match.start(), match.group(1) or match.group(2)) for match in _NAMED_ZH.finditer(text)]
    people = [each for _at, phrase in sorted(found) for each in _one_by_one_zh(phrase)]
    return distinct(people)


def _place(text: str) -> str:
    found = _PLACE_ZH.search(text)
    return re.sub(_HOUR_BEFORE, "", found.group(1)) if found else ""


def _short(phrase: str) -> str:
    return phrase if len(phrase) <= MOST_LETTERS else phrase[: MOST_LETTERS - 1] + "…"


def _one_by_one_zh(phrase: str) -> list[str]:
    pairs = {
        "姐妹俩": ["姐姐", "妹妹"], "姐妹": ["姐姐", "妹妹"], "兄弟俩": ["哥哥", "弟弟"], "兄弟": ["哥哥", "弟弟"],
        "夫妻": ["丈夫", "妻子"], "恋人": ["他", "她"], "情侣": ["他", "她"], "双胞胎": ["双胞胎中的一个", "另一个"],
    }  # fmt: skip
    return pairs.get(phrase, [phrase])


def _wanted(text: str) -> str:
    found = _WANT.search(text)
    return found.group(1).strip("，。 ") if found else ""


PATTERNS = Patterns(
    hours={
        "dawn": re.compile(r"清晨|黎明|凌晨|拂晓|早晨|早上|天亮|破晓"),
        "day": re.compile(r"正午|中午|白天|午后|下午|上午"),
        "dusk": re.compile(r"黄昏|傍晚|日落|天黑前|暮色"),
        "night": re.compile(
            r"夜里|深夜|半夜|午夜|晚上|夜晚|今夜|今晚|夜市|雨夜|除夕夜|(?<![\u4e00-\u9fff])夜"
        ),
    },
    weather={
        "rain": re.compile(r"雨(?!伞|果)"),
        "snow": re.compile(r"雪(?!糕)"),
        "fog": re.compile(r"雾"),
        "wind": re.compile(r"(?:大|刮|台|狂|秋|寒)风|起风"),
    },
    inside=re.compile(
        r"厨房|[客卧教病]?[厅室]|房间|阁楼|楼梯间|电梯|走廊|学校|图书馆|医院|病房|店|馆|酒吧|杂货铺|剧院|剧场|电影院|教堂|寺|工厂|车间|仓库|"
        r"车上|出租车|宿舍|家|排练厅|摄影棚"
    ),
    outside=re.compile(
        r"渡口|码头|站台|公交站|车站|街|巷|弄堂|胡同|夜市|集市|市场|广场|公园|花园|天台|屋顶|院子|边|沙滩|桥|船|岛|村|镇|水乡|城里|田|林|山|沙漠|"
        r"草原|雪地|墓地|灯塔|操场|戏台"
    ),
    thing=_THING_ZH,
    obstacle=re.compile(
        r"(?:但是|可是|然而|不料|偏偏|但|可|却)[，,]?([^。；！？.;!?]{2,80}?)(?=[。；！？.;!?]|$)"
    ),
    who=_who,
    place=_place,
    wanted=_wanted,
    short=_short,
)
