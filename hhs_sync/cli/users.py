"""Commands about who may sign in to the pages: `hhs-sync users add|list|role|password|disable|second-factor`."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hhs_sync.cli import DONE
from hhs_sync.cli.shared import config_option, json_option, open_office, say_json, say_table
from hhs_sync.config.roles import Role

if TYPE_CHECKING:
    from hhs_sync.office import Office
    from hhs_sync.store.users import Grant, User

ROLES = ", ".join(Role)
NAME = r"^[a-z0-9][a-z0-9._@-]{0,63}$"

Function = Callable[..., int]


def _role_option(function: Function) -> Function:
    return click.option(
        "--role", "roles", multiple=True, metavar="ROLE[:PRACTICE]",
        help=f"A role, in one practice or without PRACTICE in all; may be repeated. Roles: {ROLES}.",
    )(function)  # fmt: skip


@contextmanager
def _open(config: Path, name: str) -> Iterator[tuple[Office, User]]:
    """The office and a user of it. Raises UsageError when there is no such user."""
    with open_office(config, logs="error") as office:
        found = office.store.users.find(name)
        if found is None:
            raise click.UsageError(f"There is no user {name}: `hhs-sync users list` shows all.")
        yield office, found


@click.group()
def users() -> None:
    """Who may sign in to the pages of `hhs-sync web`, and what they may do there."""


@users.command()
@config_option
@click.argument("name")
@click.option("--display-name", help="The name as colleagues know it; without it, NAME.")
@_role_option
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input, without asking.")
def add(*, config: Path, name: str, display_name: str | None, roles: tuple[str, ...], password_stdin: bool) -> int:
    """Add a user. The password is asked for, never given as an argument: those stand in the shell's history."""
    import re

    from hhs_sync.web import passwords

    if not re.match(NAME, name):
        raise click.UsageError("NAME is made of small letters, digits and . _ @ -, 64 at the most: dana, lee.w")
    with open_office(config, logs="error") as office:
        grants = _grants(office, roles)
        if not grants:
            raise click.UsageError(f"Without a role one sees nothing: --role {Role.BOOKKEEPER} (or {ROLES})")
        if office.store.users.find(name) is not None:
            raise click.UsageError(f"There is a user {name} already: `hhs-sync users role`, `hhs-sync users password`.")
        password = _new_password(name, password_stdin)
        office.store.users.add(name, display_name or name, passwords.hashed(password), grants, office.clock())
        _note(office, "added a user", name, {"roles": [_in_words(one) for one in grants]})
        click.echo(f"{name} may sign in: {', '.join(_in_words(one) for one in grants)}.")
        if any(one.role in office.config.web.second_factor_for for one in grants):
            click.echo("The first sign-in sets up a second factor.")
    return DONE


@users.command(name="list")
@config_option
@json_option
def list_(*, config: Path, as_json: bool) -> int:
    """Show every user: roles, second factor, and who is shut out."""
    with open_office(config, logs="error") as office:
        found = office.store.users.all()
    if as_json:
        say_json(
            [
                {
                    "name": one.name,
                    "display_name": one.display_name,
                    "roles": [{"role": grant.role.value, "practice": grant.practice} for grant in one.grants],
                    "second_factor": one.second_factor is not None,
                    "disabled": one.disabled,
                    "made_at": one.made_at,
                    "password_set_at": one.password_set_at,
                }
                for one in found
            ]
        )
        return DONE
    if not found:
        click.echo("No user yet. The first: hhs-sync users add NAME --role operator --role bookkeeper")
        return DONE
    rows = [
        (
            one.name,
            one.display_name,
            ", ".join(_in_words(grant) for grant in one.grants) or "none",
            "yes" if one.second_factor else "no",
            "shut out" if one.disabled else "",
        )
        for one in found
    ]
    say_table(("Name", "Called", "Roles", "Second factor", ""), rows)
    return DONE


@users.command()
@config_option
@click.argument("name")
@_role_option
@click.option("--none", is_flag=True, help="Take every role away.")
def role(*, config: Path, name: str, roles: tuple[str, ...], none: bool) -> int:
    """Give a user these roles, in place of all there were; whoever is signed in under the name is signed out."""
    if bool(roles) == none:
        raise click.UsageError("Name the roles with --role, all that shall be; or take every one away with --none.")
    with _open(config, name) as (office, user):
        grants = _grants(office, roles)
        office.store.users.set_grants(user.name, grants)
        _note(office, "changed a user's roles", name, {"roles": [_in_words(one) for one in grants]})
        click.echo(f"{name}: {', '.join(_in_words(one) for one in grants) or 'no role'}. Signed out everywhere.")
    return DONE


@users.command()
@config_option
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input, without asking.")
def password(*, config: Path, name: str, password_stdin: bool) -> int:
    """Set another password; whoever is signed in under the name is signed out."""
    from hhs_sync.web import passwords
    from hhs_sync.web.sign_in import forgive

    with _open(config, name) as (office, user):
        new = _new_password(name, password_stdin)
        office.store.users.set_password(user.name, passwords.hashed(new), office.clock())
        forgive(office, user.name)
        _note(office, "set a user's password", name, {})
        click.echo(f"{name} has another password. Signed out everywhere.")
    return DONE


@users.command()
@config_option
@click.argument("name")
@click.option("--enable", is_flag=True, help="Let the user in again.")
def disable(*, config: Path, name: str, enable: bool) -> int:
    """Shut a user out at once; what the user did stays written in the activity."""
    with _open(config, name) as (office, user):
        office.store.users.set_disabled(user.name, disabled=not enable)
        _note(office, "let a user in again" if enable else "shut a user out", name, {})
        click.echo(f"{name} may sign in again." if enable else f"{name} is shut out, and signed out everywhere.")
    return DONE


@users.command(name="second-factor")
@config_option
@click.argument("name")
@click.option("--remove", is_flag=True, help="Forget it, for a phone and recovery codes that are lost.")
def second_factor(*, config: Path, name: str, remove: bool) -> int:
    """Show whether a user has a second factor, or remove it; the next sign-in sets up another if a role asks for it."""
    with _open(config, name) as (office, user):
        if remove:
            office.store.users.set_second_factor(user.name, None)
            _note(office, "removed a user's second factor", name, {})
            click.echo(f"{name} has no second factor any more. Signed out everywhere.")
        elif user.second_factor is None:
            click.echo(f"{name} has no second factor: it is set up in the pages, under the user's own name.")
        else:
            left = office.store.users.recovery_codes_left(user.name)
            click.echo(f"{name} has a second factor, and {left} recovery codes left.")
    return DONE


def _grants(office: Office, roles: tuple[str, ...]) -> list[Grant]:
    """`bookkeeper` or `bookkeeper:casco` as grants. Raises UsageError for what is neither role nor practice."""
    from hhs_sync.store.users import ALL, Grant

    known = [one.id for one in office.config.practices]
    found = []
    for one in roles:
        name, _, practice = one.partition(":")
        if name not in set(Role):
            raise click.UsageError(f"There is no role {name!r}; there are: {ROLES}.")
        if practice and practice not in known:
            raise click.UsageError(f"There is no practice {practice!r}; there are: {', '.join(known) or 'none'}.")
        found.append(Grant(practice or ALL, Role(name)))
    return sorted(set(found))


def _in_words(grant: Grant) -> str:
    from hhs_sync.store.users import ALL

    return grant.role.value if grant.practice == ALL else f"{grant.role.value} in {grant.practice}"


def _new_password(name: str, from_stdin: bool) -> str:
    """A password that may be one, asked for twice on a terminal."""
    from hhs_sync.web import passwords

    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = click.prompt("Password", hide_input=True, confirmation_prompt="Again", err=True)
    else:
        raise click.UsageError("There is no terminal to ask for the password on: --password-stdin reads it.")
    fault = passwords.fault_of(given, name)
    if fault:
        raise click.UsageError(fault)
    return given


def _note(office: Office, what: str, subject: str, details: dict[str, object]) -> None:
    office.store.activity.note(
        None,
        at=office.clock(),
        by=getpass.getuser(),
        what=what,
        subject=subject,
        address="command line",
        details=details,
    )
