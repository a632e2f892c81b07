"""The command `caseline bitrix24 serve`: what a portal calls."""

from caseline.cli import door, screen, serving
from caseline.cli.serving import THIS_MACHINE, HostOption, PortOption, ProxyOption


def serve(host: HostOption = THIS_MACHINE, port: PortOption = 8331, proxy: ProxyOption = None) -> None:
    """Serve what a portal calls until Ctrl-C: /events for its outgoing webhook, /install and /tab for the application.

    Events need CASELINE_BITRIX24_EVENT_TOKEN, the application CASELINE_BITRIX24_APP_ID and …_APP_SECRET. The portal
    must reach it by https.
    """
    from caseline.actions import portal_application
    from caseline.web.portal.application import build

    with door.house() as house, serving.listening(host, port) as (bound, address):
        application = portal_application.door(house)
        screen.out().print(f"For the portal: {address}  (Ctrl-C ends it)")
        if house.settings.bitrix24_events() is None:
            screen.beside().print("No event is taken: CASELINE_BITRIX24_EVENT_TOKEN is not set")
        if application is None:
            screen.beside().print(
                "No tab is served: CASELINE_BITRIX24_APP_ID and CASELINE_BITRIX24_APP_SECRET are not set"
            )
        for text in application.lacks(now=door.now()) if application is not None else ():
            screen.beside().print(text, soft_wrap=True)
        serving.run(build(house, application), bound, proxy, as_json=house.settings.log == "json")
