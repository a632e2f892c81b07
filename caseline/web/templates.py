"""Templates of a package in one language, everything that is filled in escaped."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from caseline.web import language


def environment(package: str, tongue: str) -> Environment:
    """The templates of `package`; a name that nobody gives is an error, not an empty place."""
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # or the file of each is looked at for every page
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    translations = language.translations(tongue)
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined] # comes with the extension
    return made
