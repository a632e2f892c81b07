"""Texts of refusals that are rare; `refusal_words` says them, and a test compares them with what is refused."""

from typing import Final

from caseline.web.language import later

RARE: Final = (
    later("%(name)s is for %(person)s, who is of the house: nothing to send"),
    later("%(name)s is %(state)s already: `caseline assignment reply` writes to its outsider"),
    later("%(name)s: nothing to change is named: give --category, --priority, --group or another"),
    later("assignment %(number)s: there is none of this number: `caseline request show` tells them"),
    later("the checklist has %(number)s steps: %(most)s are the most, make two assignments"),
    later("checklist: the step %(step)r… has %(number)s characters: say it in %(most)s"),
    later("contact %(key)r: there is none of this name: give a mail address, and one is made"),
    later("contact %(key)r: several have this name: say which by its id: %(ids)s"),
    later("stage %(key)r: there is none of this code: use one of %(codes)s"),
    later("field %(label)r: files have no order, and no index helps to find them"),
    later("field %(label)r: %(most)s fields are filterable already: take one back first"),
    later("field %(key)r: there is no extra field of this name"),
    later("category %(code)r is new: say its hours, as a rule 24, 48 or 72 (--hours 24)"),
    later("%(what)s %(code)r: a code is a word, without blanks around it: give one, such as it"),
    later("%(what)s %(code)r: an empty label says nothing: give one, or leave --label out"),
    later("category %(code)r: %(field)s %(hours)s: give 1 to %(most)s hours"),
    later("category %(code)r: %(field)s %(hours)s are no whole days: give a multiple of %(day)s"),
    later("stage %(code)r: open stays open and closed stays closed: make another stage instead"),
    later("a group needs a name: say one"),
    later("group %(name)r: there is one of this name already: use it, or take another name"),
    later("the token has no name: say what it is for, in 1 to %(most)s characters"),
    later("a token lives %(days)s days: choose one of these"),
    later("login %(number)s: there is none in use"),
    later("%(name)s has %(most)s tokens: end one that is not used any more"),
    later("%(name)s: every stage is a closed one: add one with `caseline stage set CODE`"),
    later("%(name)s: no stage is a closed one: add one with `caseline stage set CODE --closed`"),
    later("%(name)s: stage %(stage)s is not a closed one: use one of %(codes)s"),
    later("a request needs a subject: say in a few words what it is about"),
    later("your role only looks at requests: ask an administrator for another one"),
    later("stage %(code)r is a closed one: open the request in another, then close it"),
    later("%(name)s: your role only looks at requests: ask an administrator for another one"),
    later("%(name)s was changed at this very moment: look at it, then save again"),
    later("category %(key)r: there is none of that code: use one of %(codes)s"),
    later("message %(number)s: its request is gone: somebody has deleted it"),
    later("message %(number)s is none of %(name)s: split messages of one request"),
    later(
        "message %(number)s is all that %(name)s consists of: `caseline mail move` or `caseline request"
        " merge` bring it into another"
    ),
    later("message %(number)s stands in %(name)s already: nothing to move"),
    later("assignment %(number)s is none of %(name)s: `caseline request show` tells its own"),
    later("%(name)s cannot be merged with itself: name another"),
    later("%(name)s is not merged into another: nothing to take back"),
    later(
        "%(name)s is merged into request %(into)s, which is merged into request %(further)s itself:"
        " `caseline request unmerge id:%(into)s` comes first"
    ),
    later("message %(number)s: there is none of this number: `caseline request show` tells them"),
    later("message %(number)s is imported: it stays where its source has it"),
    later("message %(number)s: somebody else has moved it at this moment: look at it again"),
    later("CASELINE_CRM is not bitrix24: there is no portal to keep in step with"),
    later("%(name)s: %(most)s steps are the most, and it has %(number)s"),
    later("%(name)s is %(state)s already: open it again to go on with its checklist"),
    later("%(name)s: the note has %(number)s characters: %(most)s are the most"),
    later("%(name)s is for %(person)s, who is of the house: letters go to outsiders only"),
    later("%(name)s: %(contact)s has no mail address: `caseline assignment address` gives one"),
    later("the record has changed under our hands: it is read again by the next sync"),
    later("%(name)s: stage %(stage)s was entered at %(entered)s, which is after %(at)s: give a later time"),
    later("request %(number)s is gone: somebody has deleted it"),
    later("%(name)s: somebody else has moved it at this moment: look at it again"),
    later("assignment %(number)s is gone: somebody has deleted its request"),
    later("category %(code)r: there is none in use of that code: use one of %(codes)s"),
    later("person %(key)r: there is none: `caseline person list` shows all"),
    later("person %(key)r: several have this name: give the id"),
    later("letter of request %(request)s: it goes to nobody: give an address"),
    later("letter of request %(request)s: it has more than %(most)s recipients: write several letters"),
    later("letter of request %(request)s: nobody wrote it, so it needs an occasion: else it would be written twice"),
    later("letter of request %(request)s: longer than %(most)s characters: send the text as a file"),
    later("letter of request %(request)s: attachments of more than %(most)s bytes: leave some out, or send links"),
    later("letter of request %(request)s: its event is imported, and importing writes to nobody: do not ask for it"),
    later("%(address)r is no mail address: correct it (name@example.org)"),
    later("%(place)s: more than %(most)s tags: send it as a file"),
    later("%(place)s: its styles cannot be read (%(error)s): correct them, or leave them out"),
    later("there is no letter %(letter)s: `caseline outbox list` shows those that there are"),
    later("letter %(letter)s: its secret links are gone since it was sent: write a new one"),
    later(
        "letter %(letter)s: its secret links are gone since it was sent: `caseline assignment resend"
        " %(assignment)s` writes a new one"
    ),
    later("%(place)s: there is no tag %%%(tag)s%%: write %%%(near)s%%, or %%%% for a percent sign"),
    later("%(place)s: there is no tag %%%(tag)s%%: there are %(tags)s, or %%%% for a percent sign"),
    later("there is no template %(code)r in %(language)r: there are %(codes)s"),
    later("%(place)s: a code is one word of small letters, digits and _"),
    later("%(place)s: there is no such language: choose one of %(languages)s"),
    later("%(place)s: is empty: write some words"),
    later(
        "%(place)s: %%%(tag)s%% may stand only in letters that ask for feedback, whose code begins with %(begins)s:"
        " take it out, or save these words under such a code"
    ),
    later("%(place)s: no smileys can stand in a subject: put them into the text"),
    later("%(place)s: a name is one word of up to %(most)s letters, digits and _, and begins with a letter"),
    later("%(place)s: this is the name of a tag, which means something else: take another"),
    later("%(place)s: longer than %(most)s characters: shorten it"),
    later("picture %(name)s: there is none of this name: choose one of %(names)s"),
    later("picture %(name)s: the file has %(size)s bytes, and %(most)s are the most: make it smaller"),
    later("picture %(name)s: the file is no PNG, JPEG or GIF: save the picture as one of these"),
    later("site %(code)r: take 1 to 40 small Latin letters, digits and dashes"),
    later("site %(code)r: there is none of this code; `caseline feedback site list` names them"),
    later("site %(code)r: there is one of this code: remove it first, or take another code"),
    later("picture %(name)s: it has %(width)s by %(height)s pixels: make each side 1 to %(most)s long"),
)
"""By the English of the refusal."""
