"""Every route of the API process: which handler stands where, behind which guards."""

from typing import Any

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from api import (
    analytics,
    auth,
    catalog,
    data_visits,
    draw_planogram,
    events,
    facing_page,
    facings,
    forecast,
    health,
    master_data,
    match_planogram,
    media,
    oos_reason,
    openapi,
    pages,
    panoramas,
    recognition_error,
    recognize,
    report_diff,
    reports,
    review,
    scenes,
    sku_images,
    sku_pages,
    tokens,
    unknown,
    unknown_answer,
    uploads,
    uploads_by_url,
    webhook_messages,
    webhooks,
)
from api.master_resources import RESOURCES as MASTER_DATA
from api.metrics import metrics

FORM = 64 * 1024  # bytes a multipart form may have around its photo

UPLOADS = [uploads.create_upload, uploads.get_upload]  # their bodies hold photos
SKU_FILES = [sku_images.add_images]
RESOURCES = [
    *uploads_by_url.HANDLERS,
    recognize.recognize,
    recognition_error.report_error,
    oos_reason.give_reason,
    reports.list_reports,
    reports.get_report,
    reports.force_update,
    catalog.list_skus,
    catalog.create_sku,
    catalog.get_sku,
    catalog.replace_sku,
    catalog.change_sku,
    sku_images.list_images,
    sku_images.remove_image,
    forecast.get_forecast,
]

PAGE_FILES = [sku_pages.add_pictures]
PAGES = [
    metrics,
    scenes.list_scenes,
    scenes.get_scene,
    report_diff.diff_report,
    events.follow_scene,
    sku_pages.list_skus,
    sku_pages.get_sku,
    sku_pages.get_picture,
    sku_pages.remove_picture,
    facings.list_facings,
    facing_page.get_facing,
    facing_page.confirm_facing,
    facing_page.get_crop,
    review.list_review,
    review.close_error,
    unknown.list_unknown,
    unknown.get_unknown,
    unknown.cluster_unknown,
    unknown_answer.identify,
    draw_planogram.draw_planogram,
    match_planogram.match_planogram,
    analytics.list_questions,
    analytics.ask_question,
    tokens.list_tokens,
    tokens.create_token,
    tokens.revoke_token,
    *webhooks.HANDLERS,
    *webhook_messages.HANDLERS,
]


def make_routes(max_photo: int) -> list[Any]:
    """List the routers and handlers of the application.

    Args:
        max_photo: bytes of the largest photo taken.
    """
    photo_bytes = max_photo + FORM
    files_bytes = sku_images.MOST_FILES * photo_bytes
    return [
        Router("/api/auth/v1.0", route_handlers=[auth.get_token], security=openapi.SECURED),
        Router(
            "/api/v1.5",
            route_handlers=[
                Router("/", route_handlers=UPLOADS, request_max_body_size=photo_bytes),
                Router("/", route_handlers=SKU_FILES, request_max_body_size=files_bytes),
                *RESOURCES,
                *map(master_data.router, MASTER_DATA),
            ],
            guards=[auth.require_token],
            security=openapi.SECURED,
        ),
        *data_visits.routers(),
        Router(
            "/",
            route_handlers=[
                *PAGES,
                Router("/", route_handlers=PAGE_FILES, request_max_body_size=files_bytes),
            ],
            guards=[auth.require_login, auth.require_own_page],
            security=openapi.SECURED,
        ),
        create_static_files_router(
            "/static",
            [pages.STATIC],
            guards=[pages.require_known_file],
            cache_control=CacheControlHeader(max_age=300),
        ),
        media.get_media,
        panoramas.get_panorama,
        health.healthz,
        health.readyz,
        openapi.docs,
        openapi.document,
    ]
