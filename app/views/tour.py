"""Tour: the story of the four layers, page by page; a page is complete when its deeds are done."""

import streamlit as st
from address import Within, settle
from components.player import player
from glossary import plain
from touring import NEXT, PAGES, Page, film


def main() -> None:
    """The page, from top to bottom."""
    settle("page", Within(1, len(PAGES), whole=True), "1")
    finished: set[int] = st.session_state.setdefault("finished", set())
    number = int(st.session_state.get("page") or st.query_params.get("page", 1))
    number = min(max(number, 1), len(PAGES))
    page = PAGES[number - 1]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(f"{number} · {page.title}", anchor=False, width="content")
    st.markdown(page.words)
    done = deeds_done(number, page)
    if page.deeds and set(page.deeds) <= done:
        finished.add(number)
    if page.deeds:
        st.markdown("  \n".join(_task(words, deed in done) for deed, words in page.deeds.items()))
    show_way(number, bool(page.deeds) and number not in finished)
    films = st.container()
    # Before the films, below which they stand: a player may report at once, and the server must then know the page.
    st.pills(
        "Pages",
        range(1, len(PAGES) + 1),
        key="page",
        default=1,
        required=True,
        bind="query-params",
        format_func=lambda n: f"{n} ✓" if n in finished else str(n),
    )
    with films:
        show_films(number, page)
        if number == len(PAGES):
            show_next()


def show_way(number: int, unfinished: bool) -> None:
    """To the page before, to the next one, and out of the tour."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Back", on_click=turn, args=(number - 1,), disabled=number == 1, icon=":material/arrow_back:")
        if number < len(PAGES):
            kind = "secondary" if unfinished else "primary"
            st.button("Next", on_click=turn, args=(number + 1,), type=kind, icon=":material/arrow_forward:")
        st.page_link("views/know.py", label="Skip the tour and explore", icon=":material/explore:")


def turn(page: int) -> None:
    """Go to a page."""
    st.session_state.page = page


def key(number: int, side: int) -> str:
    """The key of a player: pages that show the same film share none, so that each begins anew."""
    return f"tour-{number}-{side}"


def deeds_done(number: int, page: Page) -> set[str]:
    """What the visitor has done on this page so far."""
    done: set[str] = st.session_state.setdefault("deeds", {}).setdefault(number, set())
    state = st.session_state.get(key(number, 0))
    told = getattr(state, "done", None) if state is not None else None
    if told and told.get("task") == str(number):
        done |= set(told.get("deeds", [])) & set(page.deeds)
    return done


def show_films(number: int, page: Page) -> None:
    """The film of a page, or two of them side by side on one scrubber."""
    group = f"tour-{number}" if len(page.films) > 1 else ""
    columns = st.columns(len(page.films), gap="medium") if page.films else []
    for side, (column, name) in enumerate(zip(columns, page.films, strict=True)):
        with column:
            if page.captions:
                st.subheader(page.captions[side], anchor=False)
            player(
                film(name),
                key=key(number, side),
                watch=() if side else page.deeds,
                task=str(number),
                group=group,
                follows=side > 0,
                still=page.still,
                glossary=plain(),
            )


def _task(words: str, done: bool) -> str:
    mark = ":green[:material/check_circle:]" if done else ":material/radio_button_unchecked:"
    return f"{mark} {words}"


def show_next() -> None:
    """Where to go from here."""
    for column, (view, label, words) in zip(st.columns(len(NEXT)), NEXT, strict=True):
        with column:
            st.page_link(view, label=f"**{label}**")
            st.caption(words)


main()
