"""Says in words and as data where a mail landed, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from caseline.mail.threads import Act, Relation, Rule, Verdict

_ACTS: Final = {
    "ru": {
        Act.JOIN: "присоединено к обращению {number}",
        Act.REOPEN: "присоединено к обращению {number}, которое снова открыто",
        Act.NEW: "создано обращение {number}",
        Act.TRAY: "отложено как автоматическое",
    },
    "en": {
        Act.JOIN: "joined request {number}",
        Act.REOPEN: "joined request {number}, which is open again",
        Act.NEW: "opened request {number}",
        Act.TRAY: "put aside as automatic",
    },
}
_FOLLOWED: Final = {
    "ru": {
        False: ", которое открыл прежний ответ на обращение {follows}",
        True: ", в котором теперь продолжается обращение {follows}",
    },
    "en": {
        False: ", which was opened by an earlier answer to request {follows}",
        True: ", in which request {follows} goes on by now",
    },
}
"""Of a request that it joins instead of the one that it names, closed long ago; by whether others came between."""
_AGAIN: Final = {"ru": "; оно снова открыто", "en": "; it is open again"}
_RULES: Final = {
    "ru": {
        Rule.TOKEN: "по метке в адресе {value} ({place})",
        Rule.OWN_ID: "по нашему Message-ID {value} ({place})",
        Rule.STORED_ID: "по Message-ID известного письма {value} ({place})",
        Rule.GHOST: "по идентификатору {value} ({place}), который назвало другое письмо обращения",
        Rule.THREAD_INDEX: "по цепочке Outlook {value} (Thread-Index)",
    },
    "en": {
        Rule.TOKEN: "by the token in the address {value} ({place})",
        Rule.OWN_ID: "by our Message-ID {value} ({place})",
        Rule.STORED_ID: "by the Message-ID of a known mail, {value} ({place})",
        Rule.GHOST: "by the id {value} ({place}), which another mail of the request named",
        Rule.THREAD_INDEX: "by the Outlook conversation {value} (Thread-Index)",
    },
}
_RELATIONS: Final = {
    "ru": {
        Relation.REQUESTER: "пишет заявитель",
        Relation.OUTSIDER: "пишет исполнитель поручения",
        Relation.PARTICIPANT: "пишет участник переписки",
        Relation.COMPANY: "пишет сотрудник той же компании",
        Relation.STAFF: "пишет сотрудник поддержки",
        Relation.STRANGER: "пишет новый человек с верной меткой: проверьте, кто это",
    },
    "en": {
        Relation.REQUESTER: "the requester writes",
        Relation.OUTSIDER: "whoever works on the assignment writes",
        Relation.PARTICIPANT: "somebody who wrote or was written to before writes",
        Relation.COMPANY: "somebody of the same company writes",
        Relation.STAFF: "somebody of the support centre writes",
        Relation.STRANGER: "somebody new writes with a valid token: look who it is",
    },
}
_REASONS: Final = {
    "ru": {
        "no clue": "письмо не называет ни одного известного обращения",
        "stranger": "названное обращение отправителю не принадлежит, поэтому оно только указано как возможное",
        "stale": "названная связь слишком старая или неоднозначная",
        "unproven": "названное обращение только указано как возможное",
        "closed long ago": "названное обращение закрыто давно; новое ссылается на него",
        "person": "так решил сотрудник",
        "automatic": "письмо написал автомат ({automatic})",
        "undelivered": "сообщают, что наше письмо не доставлено ({whom}), но не говорят, какое из них",
    },
    "en": {
        "no clue": "it names no request that we know",
        "stranger": "the request that it names is not the sender's, so that it is only linked as a possible one",
        "stale": "what it names is too old, or names several",
        "unproven": "the request that it names is only linked as a possible one",
        "closed long ago": "the request that it names was closed long ago; the new one is linked to it",
        "person": "somebody of the support centre decided so",
        "automatic": "no person wrote it ({automatic})",
        "undelivered": "it reports that a letter of ours was not delivered ({whom}), and does not say which of them",
    },
}
_NOT_PROVEN: Final = {
    "ru": "отправитель не подтверждён: проверка DMARC не пройдена на {server}",
    "en": "sender not proven: DMARC failed at {server}",
}
_REUSED: Final = {
    "ru": "Message-ID этого письма раньше носило другое: по нему одному они не различаются",
    "en": "another mail had the Message-ID of this one before: by it alone nobody can tell them apart",
}
_BESIDES: Final = {"ru": "названы и другие поручения: {others}", "en": "it names other assignments, too: {others}"}
_ALSO: Final = {"ru": "связано с {others}", "en": "linked with {others}"}


def as_data(verdict: Verdict, record_id: int | None, *, at: datetime, by: str = "rules") -> dict[str, Any]:
    """A verdict as it is kept; `record_id` is the request in which the mail stands then."""
    clue = verdict.clue
    return {
        "act": verdict.act.value,
        "record_id": record_id,
        "assignment_id": verdict.assignment_id,
        "rule": clue.rule.value if clue else None,
        "value": clue.value if clue else None,
        "place": clue.place if clue else None,
        "relation": verdict.relation.value if verdict.relation else None,
        "unverified": verdict.unverified,
        "unproven": verdict.unproven,
        "linked": list(verdict.linked),
        "follows": list(verdict.follows),
        "besides": list(verdict.besides),
        "further": verdict.further,
        "undelivered": list(verdict.undelivered),
        "reason": verdict.reason,
        "by": by,
        "at": at.isoformat(),
    }


def told(data: Mapping[str, Any], language: str, *, automatic: str | None = None) -> str:
    """A kept verdict in words."""
    parts = [_act(data, language)]
    if data["rule"] and data["act"] != Act.NEW:
        parts.append(_RULES[language][Rule(data["rule"])].format(value=data["value"], place=data["place"]))
    unproven = data.get("unproven")
    if unproven:
        parts.append(not_proven(unproven, language))
    elif data["relation"]:
        parts.append(_RELATIONS[language][Relation(data["relation"])])
    if data["reason"]:
        # Whether the request is the sender's is just what nobody knows then.
        reason = "unproven" if unproven and data["reason"] == "stranger" else data["reason"]
        whom = ", ".join(data.get("undelivered", ())) or "?"
        parts.append(_REASONS[language][reason].format(automatic=automatic, whom=whom))
    if data.get("besides"):
        parts.append(_BESIDES[language].format(others=", ".join(map(str, data["besides"]))))
    if data["linked"]:
        parts.append(_ALSO[language].format(others=", ".join(map(str, data["linked"]))))
    return "; ".join(parts)


def _act(data: Mapping[str, Any], language: str) -> str:
    act, number = Act(data["act"]), data["record_id"]
    # Verdicts that were kept by older versions do not say what they follow.
    if act is Act.NEW or not data.get("follows"):
        return _ACTS[language][act].format(number=number)
    said = _FOLLOWED[language][data["further"]].format(follows=data["follows"][0])
    again = _AGAIN[language] if act is Act.REOPEN else ""
    return _ACTS[language][Act.JOIN].format(number=number) + said + again


def not_proven(server: str, language: str) -> str:
    """That own mail server did not find the sender's domain to stand for a mail."""
    return _NOT_PROVEN[language].format(server=server)


def reused(language: str) -> str:
    """That a mail bears the Message-ID of another one."""
    return _REUSED[language]


def by_person(act: Act, record_id: int, assignment_id: int | None = None) -> Verdict:
    """What somebody decides against the rules."""
    return Verdict(act, record_id, assignment_id, reason="person")
