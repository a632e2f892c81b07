"""The rules of a dialogue: what is read as a rating, and that doubled, late and unreadable replies change nothing."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from caseline.feedback import chat_words, dialogue, forms, spoken
from caseline.feedback.dialogue import CannotAsk, Dialogue, Line, Reply, Say, Stage
from caseline.outbox.faults import TemplateFault
from caseline.outbox.tags import Tag


def scale(key: str, lowest: int = 1, highest: int = 10) -> dict[str, object]:
    return {"key": key, "kind": "scale", "from": lowest, "to": highest, "label": {"ru": key, "en": key}}


def form(*questions: dict[str, object]) -> forms.Form:
    return forms.read({"title": "t", "questions": list(questions)})


TEN = form(scale("a")).questions[0]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "8",
            " 8. ",
            "8/10",
            "8 из 10",
            "8 баллов",
            "восемь",
            "Восемь!",
            "восьмерка",
            "ВОСЬМЁРКУ",
            "ставлю 8, спасибо",
        ),
        *("8️⃣", "８", "٨", "8 👍", "ну, восемь", "8 out of 10", "eight, please", "Восемь (8)", "8\n"),
    ],
)
def test_an_eight_is_read_however_it_is_written(text: str) -> None:
    assert spoken.rating(text, TEN) == 8


@pytest.mark.parametrize(
    "text",
    [
        *("", "?", "👍", "8-9", "8,5", "8.5/10", "7 8", "не 8", "-8", "+8", "11", "0", "8/5", "8 из 5", "80%", "2+2"),
        *("мастер опоздал на 8 минут", "от 8 до 9", "восемь девять", "8" * 300, "восемь с половиной", "8th floor"),
    ],
)
def test_what_says_more_than_one_number_or_none_is_no_rating(text: str) -> None:
    assert spoken.rating(text, TEN) is None


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_or_not_and_never_off_the_scale(text: str) -> None:
    assert spoken.rating(text, TEN) in {None, *TEN.values}
    spoken.stops(text)


@given(st.integers(1, 10), st.sampled_from(["{}", "{}/10", "{} из 10", "оценка {}", "{} баллов, спасибо", "({})"]))
def test_every_value_is_read_in_every_way(value: int, shape: str) -> None:
    assert spoken.rating(shape.format(value), TEN) == value


def test_stop_is_the_word_alone() -> None:
    assert all(map(spoken.stops, ("Стоп!", "/stop", " STOP ", "Не пишите мне.", "отписаться")))
    assert not any(map(spoken.stops, ("стоп-кран не работает", "8", "", "остановка", "не стоп")))


def test_a_chat_asks_one_to_five_ratings() -> None:
    text: dict[str, object] = {"key": "t", "kind": "text", "label": "T"}
    asked = dialogue.questions(form(scale("a"), text, {**scale("b"), "when": {"question": "a", "is": ["1"]}}))
    assert [one.key for one in asked] == ["a"]
    with pytest.raises(CannotAsk, match="add one"):
        dialogue.questions(form(text))
    with pytest.raises(CannotAsk, match="6 ratings"):
        dialogue.questions(form(*map(scale, "abcdef")))


def test_approved_words_come_alone_and_the_first_reply_opens_without_counting_as_unreadable() -> None:
    begun = dialogue.begin((TEN,), by_template=True)
    assert begun.lines == (Line(Say.TEMPLATE),)
    opened = dialogue.hear(begun.dialogue, Reply(text="да, давайте", turn=1))
    assert (opened.lines, opened.dialogue.retried) == ((Line(Say.QUESTION, 0),), False)
    assert dialogue.hear(opened.dialogue, Reply(text="хм", turn=2)).lines == (Line(Say.AGAIN, 0),)
    assert dialogue.hear(begun.dialogue, Reply(text="9", turn=1)).rated == ("a", 9)


def test_words_of_a_campaign_go_before_ours_and_know_the_tags_of_letters_alone() -> None:
    texts = {
        "first": {"ru": "Добрый день, %ИмяКлиента%! %%"},
        "first_buttons": {"ru": "Кнопки"},
        "letter": {"ru": "%X%"},
    }
    plain, pressed = chat_words.of(texts, buttons=False), chat_words.of(texts, buttons=True)
    values = {Tag.CLIENT_NAME: "Иван %Номер%"}
    assert plain.said(Line(Say.GREETING), None, "ru", values) == "Добрый день, Иван %Номер%! %"
    assert pressed.said(Line(Say.GREETING), None, "en", values) == "Кнопки"
    assert "write “stop”" in chat_words.of({}, buttons=True).said(Line(Say.GREETING), None, "en", values)
    assert plain.said(Line(Say.QUESTION, 0), TEN, "ru", {}) == "a\nЧисло от 1 до 10."
    assert chat_words.kept(pressed.as_json()) == pressed
    with pytest.raises(TemplateFault, match=r"texts, thanks, ru: there is no tag %Secret%"):
        chat_words.of({"thanks": {"ru": "%Secret%"}}, buttons=True)


@dataclass
class Person:
    """Somebody who answers, as a plain list of what he has meant."""

    meant: list[int] = field(default_factory=list)
    unread: int = 0


class Conversation(RuleBasedStateMachine):
    """Replies come doubled, late and out of order; what counts is the first that could be read to each question."""

    @initialize(count=st.integers(1, 5), by_template=st.booleans())
    def begin(self, count: int, by_template: bool) -> None:
        questions = dialogue.questions(form(*(scale(key) for key in "abcde"[:count])))
        self.state: Dialogue = dialogue.begin(questions, by_template=by_template).dialogue
        self.opened = not by_template
        self.person, self.earlier = Person(), list[Reply]()

    def _hear(self, reply: Reply) -> dialogue.Heard:
        heard = dialogue.hear(self.state, reply)
        self.earlier.append(reply)
        self.state = heard.dialogue
        return heard

    @precondition(lambda self: self.state.stage is Stage.ASKING)
    @rule(value=st.integers(1, 10), pressed=st.booleans())
    def answers(self, value: int, pressed: bool) -> None:
        button = (self.state.step, value) if pressed else None
        step = self.state.step
        heard = self._hear(Reply(text="" if pressed else f"{value}", turn=self.state.turn, pressed=button))
        self.person.meant.append(value)
        self.person.unread, self.opened = 0, True
        assert heard.rated == ("abcde"[step], value)
        assert len(heard.lines) == 1

    @precondition(lambda self: self.state.stage is Stage.ASKING)
    @rule()
    def mumbles(self) -> None:
        heard = self._hear(Reply(text="ну как сказать", turn=self.state.turn))
        if not self.opened:
            self.opened = True
            assert heard.lines == (Line(Say.QUESTION, self.state.step),)
            return
        self.person.unread += 1
        wanted = (Line(Say.AGAIN, self.state.step),) if self.person.unread == 1 else (Line(Say.HUMAN),)
        assert heard.lines == wanted
        assert self.state.stage is (Stage.ASKING if self.person.unread == 1 else Stage.HUMAN)

    @precondition(lambda self: self.earlier)
    @rule(data=st.data())
    def comes_again(self, data: st.DataObject) -> None:
        """The same reply once more: whatever it was, it is no answer to what was asked since."""
        reply = data.draw(st.sampled_from(self.earlier))
        before = self.state
        again = dialogue.hear(before, reply)
        # Only what was said to the question that is still on the table can count, and then it does so for that one.
        same_question = reply.turn >= before.since and before.stage is Stage.ASKING and reply.pressed is None
        if not same_question:
            assert again == dialogue.Heard(before)

    @precondition(lambda self: self.state.stage is Stage.ASKING)
    @rule(value=st.integers(1, 10), back=st.integers(1, 4))
    def presses_an_old_button(self, value: int, back: int) -> None:
        number = self.state.step - back
        assert (
            dialogue.hear(self.state, Reply(text="", turn=self.state.turn, pressed=(number, value))).dialogue
            == self.state
        )

    @precondition(lambda self: self.state.stage is not Stage.ASKING)
    @rule(text=st.sampled_from(["9", "стоп", "спасибо"]))
    def goes_on_talking(self, text: str) -> None:
        assert dialogue.hear(self.state, Reply(text=text, turn=self.state.turn)) == dialogue.Heard(self.state)

    @invariant()
    def what_was_meant_is_what_counts(self) -> None:
        if hasattr(self, "state"):
            assert list(self.state.answers.values()) == self.person.meant
            assert (self.state.stage is Stage.DONE) == (len(self.person.meant) == len(self.state.questions))


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
