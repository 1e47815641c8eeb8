"""English lists: dialects, and written words as they are spoken."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.dialects.model import Pack, pairs

PACKS = (
    Pack(
        "scots", "en", gettext_noop("Scots"),
        "Dictionaries of the Scots Language, dsl.ac.uk; Wilson, Lowland Scotch, Oxford 1915",
        pairs(
            "yes=aye; no=naw; know=ken; knows=kens; child=bairn; children=bairns; girl=lassie; boy=laddie; small=wee; little=wee;"
            "old=auld; cold=cauld; home=hame; house=hoose; head=heid; from=frae; over=ower; out=oot; about=aboot; now=noo; own=ain;"
            "pretty=bonny; clothes=claes; do not=dinnae; don’t=dinnae; cannot=cannae; can’t=cannae; will not=willnae; won’t=willnae;"
            "was not=wasnae; wasn’t=wasnae; stay=bide; afraid=feart; dirty=clarty; miserable=dreich; church=kirk; dusk=gloamin"
        ),
    ),
    Pack(
        "southern-us", "en", gettext_noop("Southern American"),
        "Dictionary of American Regional English, Harvard; PBS, Do You Speak American?",
        pairs(
            "you all=y’all; all of you=all y’all; you two=y’all; about to=fixin’ to; going to=fixin’ to; suppose=reckon; guess=reckon;"
            "think so=reckon so; over there=over yonder; might be able to=might could; isn’t=ain’t; is not=ain’t; aren’t=ain’t;"
            "carry=tote; mother=mama; father=daddy; dinner=supper; nothing=nothin’; shouting=hollerin’; shout=holler;"
            "argument=fuss; evening=evenin’; something=somethin’"
        ),
    ),
    Pack(
        "southern-england", "en", gettext_noop("London and the South East"),
        "Wells, Accents of English 2, Cambridge 1982, ch. 4; Oxford English Dictionary",
        pairs(
            "isn’t it=innit; is not=ain’t; isn’t=ain’t; aren’t=ain’t; nothing=nuffink; something=summink; thank you=ta; friend=mate;"
            "friends=mates; pleased=chuffed; tired=knackered; police=old bill; man=bloke;"
            "money=dosh; home=’ome; him=’im; her=’er; have=’ave; yes=yeah; excellent=pukka; annoyed=narked; tea=char"
        ),
    ),
)  # fmt: skip
SPOKEN = Pack(
    "spoken-en", "en", gettext_noop("spoken, not written"),
    "Biber et al., Longman Grammar of Spoken and Written English, ch. 14",
    pairs(
        "I am=I’m; you are=you’re; we are=we’re; they are=they’re; he is=he’s; she is=she’s; it is=it’s; that is=that’s;"
        "there is=there’s; what is=what’s; who is=who’s; I will=I’ll; you will=you’ll; he will=he’ll; she will=she’ll; we will=we’ll;"
        "do not=don’t; does not=doesn’t; did not=didn’t; cannot=can’t; could not=couldn’t; would not=wouldn’t;"
        "should not=shouldn’t; will not=won’t; is not=isn’t; are not=aren’t; was not=wasn’t; were not=weren’t; let us=let’s;"
        "have not=haven’t; has not=hasn’t; therefore=so; however=but; in order to=to; whom=who; shall=will; commence=start;"
        "purchase=buy; perhaps=maybe; regarding=about; assist=help; obtain=get; sufficient=enough"
    ),
)  # fmt: skip
