"""Documents of the public provider for Terraform about rules and frameworks.

The wording is ours, as in `setting_documents`.
"""

from __future__ import annotations

from typing import Final

from tests.wizsim.shapes import Documents, create, delete, read, update


def _many(word: str, member: str) -> str:
    return f"""mutation E($input: Update{word}sInput!) {{ update{word}s(input: $input) {{
      successCount failCount errors {{ reason {member} {{ id }} }} }} }}"""


RULE_DOCUMENTS: Final[Documents] = {
    "terraform, new framework": (
        create("SecurityFramework", "framework"),
        {
            "input": {
                "name": "Ours",
                "enabled": True,
                "categories": [{"name": "One", "subCategories": [{"title": "First", "description": "do it"}]}],
            }
        },
    ),
    "terraform, changed framework": (
        update("SecurityFramework", "framework"),
        {
            "input": {
                "id": "<made framework>",
                "patch": {
                    "description": "",
                    "categories": [{"name": "Two", "subCategories": [{"title": "x", "description": ""}]}],
                },
            }
        },
    ),
    "terraform, no framework": (delete("SecurityFramework"), {"input": {"id": "<made framework>"}}),
    "terraform, new configuration rule": (
        create("CloudConfigurationRule", "rule"),
        {
            "input": {
                "name": "Ours",
                "description": "d",
                "targetNativeType": "",
                "targetNativeTypes": ["account"],
                "opaPolicy": 'package wiz\n\ndefault result = "pass"',
                "severity": "HIGH",
                "enabled": False,
                "remediationInstructions": "fix it",
                "scopeAccountIds": ["<account id>"],
                "functionAsControl": False,
                "securitySubCategories": ["<requirement>"],
                "iacMatchers": [{"type": "CLOUD_FORMATION", "regoCode": "package wiz"}],
            }
        },
    ),
    "terraform, configuration rule": (
        read(
            "cloudConfigurationRule",
            """name description targetNativeTypes opaPolicy severity enabled remediationInstructions scopeAccounts { id }
            functionAsControl securitySubCategories { id } iacMatchers { type regoCode } control { id }""",
        ),
        {"id": "<made configuration rule>"},
    ),
    "terraform, changed configuration rule": (
        update("CloudConfigurationRule", "rule"),
        {
            "input": {
                "id": "<made configuration rule>",
                "patch": {
                    "opaPolicy": "",
                    "severity": "LOW",
                    "enabled": True,
                    "scopeAccountIds": [],
                    "iacMatchers": [],
                },
            }
        },
    ),
    "terraform, requirements of configuration rules": (
        _many("CloudConfigurationRule", "rule"),
        {
            "input": {
                "ids": ["<made configuration rule>", "<configuration rule>"],
                "securitySubCategoriesToAdd": ["<requirement>"],
            }
        },
    ),
    "terraform, no configuration rule": (
        delete("CloudConfigurationRule"),
        {"input": {"id": "<made configuration rule>"}},
    ),
    "terraform, new control": (
        create("Control", "control"),
        {
            "input": {
                "name": "Ours",
                "description": "d",
                "query": {"type": ["BUCKET"]},
                "scopeQuery": {"type": ["SUBSCRIPTION"]},
                "projectId": "*",
                "severity": "LOW",
                "resolutionRecommendation": "fix it",
                "securitySubCategories": ["<requirement>"],
            }
        },
    ),
    "terraform, written control": (
        read(
            "control",
            """name description query scopeQuery severity securitySubCategories { id title } enabled resolutionRecommendation
            scopeProject { id name }""",
        ),
        {"id": "<made control>"},
    ),
    "terraform, changed control": (
        update("Control", "control"),
        {"input": {"id": "<made control>", "patch": {"enabled": False, "enabledForLBI": False, "severity": "HIGH"}}},
    ),
    "terraform, requirements of controls": (
        _many("Control", "control"),
        {"input": {"ids": ["<made control>"], "securitySubCategoriesToRemove": ["<requirement>"]}},
    ),
    "terraform, no control": (delete("Control"), {"input": {"id": "<made control>"}}),
    "terraform, requirements of host rules": (
        _many("HostConfigurationRule", "rule"),
        {"input": {"ids": ["<host rule>"], "patch": {}, "securitySubCategoriesToAdd": ["<requirement>"]}},
    ),
    "terraform, host rule": (
        read("hostConfigurationRule", "securitySubCategories { id }"),
        {"id": "<host rule>"},
    ),
    "terraform, requirement": (read("securitySubCategory", "title"), {"id": "<requirement>"}),
}
