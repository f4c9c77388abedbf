"""Which CI job a run is part of, from the variables that CI systems set; none of these is a secret.

Source: the documentation of GitHub Actions ("Default environment variables") and of GitLab CI/CD ("Predefined
CI/CD variables reference").
"""

from collections.abc import Mapping

_GITHUB = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")


def ci_job(environment: Mapping[str, str]) -> dict[str, str] | None:
    """Give the name of the CI system, the job's name, number and address, and the revision it is about; None
    outside of the CI systems that are known."""
    if _is_github(environment):
        server, repository, run = (environment[name] for name in _GITHUB)
        job = {
            "name": "GitHub Actions",
            "job": environment.get("GITHUB_WORKFLOW", ""),
            "number": environment.get("GITHUB_RUN_NUMBER", run),
            "url": f"{server}/{repository}/actions/runs/{run}",
            "revision": environment.get("GITHUB_SHA", ""),
        }
    elif environment.get("GITLAB_CI"):
        job = {
            "name": "GitLab CI",
            "job": environment.get("CI_JOB_NAME", ""),
            "number": environment.get("CI_PIPELINE_ID", ""),
            "url": environment.get("CI_JOB_URL", ""),
            "revision": environment.get("CI_COMMIT_SHA", ""),
        }
    else:
        return None
    return job


def source_url(environment: Mapping[str, str], file: str, line: int) -> str:
    """Give the address at which a line of a file can be read as the job has it; empty where there is none."""
    if _is_github(environment) and environment.get("GITHUB_SHA"):
        server, repository, _ = (environment[name] for name in _GITHUB)
        return f"{server}/{repository}/blob/{environment['GITHUB_SHA']}/{file}#L{line}"
    if environment.get("CI_PROJECT_URL") and environment.get("CI_COMMIT_SHA"):
        return f"{environment['CI_PROJECT_URL']}/-/blob/{environment['CI_COMMIT_SHA']}/{file}#L{line}"
    return ""


def _is_github(environment: Mapping[str, str]) -> bool:
    return all(environment.get(name) for name in _GITHUB)
